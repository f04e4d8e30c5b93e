"""Masks drawn with the mouse: a page with a picture of each camera, and what of a run's changes they would take."""

from framesift.looking.masking.changes import CameraChanges, Change, find_changes, fit_grid, sample_changes
from framesift.looking.masking.page import Drawing, Sheet, lay_sheet, write_masking
from framesift.looking.masking.polygons import list_polygons

__all__ = [
    "CameraChanges",
    "Change",
    "Drawing",
    "Sheet",
    "find_changes",
    "fit_grid",
    "lay_sheet",
    "list_polygons",
    "sample_changes",
    "write_masking",
]
