"""Files of several pictures, TIFF stacks and animations: how many there are, and each of them."""

from framesift.frames.reader.pages.counting import count_pages, count_to_decide
from framesift.frames.reader.pages.paths import SUFFIXES, find_page, name_page, split_page
from framesift.frames.reader.pages.reading import encode_page, read_page

__all__ = [
    "SUFFIXES",
    "count_pages",
    "count_to_decide",
    "encode_page",
    "find_page",
    "name_page",
    "read_page",
    "split_page",
]
