"""Files of several pictures, TIFF stacks and animations: how many there are, and each of them."""

from framesift.frames.reader.pages.counting import count_pages, count_pages_in

__all__ = ["count_pages", "count_pages_in"]
