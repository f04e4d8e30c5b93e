"""What of the frames is ignored, or looked at only: for all cameras or for one, by polygons or by a picture.

Values only, without NumPy or OpenCV, for settings carry them. `reading` makes them of files, `raster` pixels of them.
"""

from framesift.comparators.masks.mask import (
    KINDS,
    Mask,
    Polygon,
    choose_masks,
    digest_masks,
    make_polygon,
    require_cameras,
    require_fit,
)

__all__ = [
    "KINDS",
    "Mask",
    "Polygon",
    "choose_masks",
    "digest_masks",
    "make_polygon",
    "raster",
    "reading",
    "require_cameras",
    "require_fit",
]
