"""What a file is looked at as, by the end of its name alone. What it is the readers find out."""

_READ = {"jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "bmp", "dib", "webp", "tif", "tiff", "gif"}
_READ |= {"ppm", "pgm", "pbm", "pnm", "heic", "heif", "hif", "avif"}
_NOT_READ = {"jp2", "j2k", "jxl", "tga", "fits"}
"""Pictures that the reader refuses. They are listed, so that they are reported and not passed over in silence."""
PICTURES = _READ | _NOT_READ
PREVIEWED = {"dng", "cr2", "nef", "nrw", "arw", "pef", "srw"}
"""Raw data of cameras that is read by the preview in it."""
RAW = PREVIEWED | {"3fr", "cr3", "crw", "dcr", "erf", "iiq", "kdc", "mef", "mos", "mrw", "orf", "raf", "raw", "rw2"}
RAW |= {"rwl", "sr2", "srf", "x3f", "gpr", "fff", "eip", "ori"}
_FILMS = {
    *("mp4", "m4v", "mov", "qt", "3gp", "3g2", "avi", "divx", "mkv", "webm", "flv", "f4v", "wmv", "asf", "ogv", "dav"),
    *("ts", "mts", "m2ts", "m2t", "mpg", "mpeg", "mpe", "vob"),
    *("m2v", "h264", "264", "avc", "h265", "265", "hevc", "mjpeg", "mjpg"),
}
"""Containers, streams of several streams, and raw streams."""
TEXTS = {"txt", "md", "log", "csv", "tsv", "json", "jsonl", "xml", "xmp", "yaml", "yml", "ini", "html", "htm"}
"""What describes frames and is none: it is not counted as passed over."""
_USUAL, _OF_FILMS = {"jpg", "jpeg", "png"}, {"3gp", "3g2", "264", "265"}


def split_suffix(name: str) -> tuple[str, str]:
    """Split `a.b.PNG` into `a.b` and `png`. In `12.53.37` there is none: but for some films it starts with a letter."""
    stem, _, suffix = name.rpartition(".")
    if stem and suffix in _USUAL:
        return stem, suffix
    if stem and suffix.isalnum() and (suffix[0].isalpha() or suffix.lower() in _OF_FILMS):
        return stem, suffix.lower()
    return name, ""


def find_suffix(path: str) -> str:
    """Return the suffix of a path in small letters, without its dot; empty where it has none."""
    return split_suffix(path.rpartition("/")[2])[1]


def is_picture(path: str) -> bool:
    """Tell whether a file is looked at as a picture."""
    return find_suffix(path) in PICTURES


def is_video(path: str) -> bool:
    """Tell whether a file is looked at as a video."""
    return find_suffix(path) in _FILMS


def is_raw(path: str) -> bool:
    """Tell whether a file is the raw data of a camera, which holds more than any preview of it shows."""
    return find_suffix(path) in RAW
