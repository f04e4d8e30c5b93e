"""What changed in each kept frame, cut out: for models that cost money a picture, or by its size."""

from framesift.looking.crops.boxes import choose_boxes
from framesift.looking.crops.writing import COLUMNS, TABLE, Saving, export_crops, write_crops

__all__ = ["COLUMNS", "TABLE", "Saving", "choose_boxes", "export_crops", "write_crops"]
