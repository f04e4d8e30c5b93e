"""The data set at a glance, before anything is decided: what is there, when, how bright, and what is odd about it."""

from framesift.looking.overview.camera import CameraOverview, describe_cameras
from framesift.looking.overview.sightings import Sighting, look_at_frames

__all__ = [
    "CameraOverview",
    "Sighting",
    "describe_cameras",
    "look_at_frames",
    "page",
    "table",
]
