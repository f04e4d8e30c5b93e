"""The data set at a glance, before anything is decided: what is there, when, how bright, and what is odd about it."""

from framesift.looking.overview.camera import CameraOverview
from framesift.looking.overview.sightings import Sighting
from framesift.looking.overview.survey import Overview, survey_frames

__all__ = ["CameraOverview", "Overview", "Sighting", "names", "page", "survey_frames", "table"]
