"""What a frame is: found, named and ordered; `reader` makes pixels of bytes, `videos` frames of films."""

__all__ = ["choosing", "companions", "finding", "frame", "levels", "light", "names", "naming", "periods", "suffixes"]
