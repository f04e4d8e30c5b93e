"""Which video format some bytes are, by their beginning; and which names are looked at."""

_MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
_MAGIC = (
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"FLV\x01", "FLV"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (b"\0\0\x01\xba", "MPEG"),
    (b"\0\0\x01\xb3", "MPEG"),
)
_PACKET = 188
"""Bytes of a packet of an MPEG transport stream; each begins with 0x47, with four bytes before it on discs."""


def sniff_video(head: bytes) -> str | None:
    """Return 'MP4', 'AVI', 'Matroska' (WebM too), 'FLV', 'WMV', 'MPEG' or 'TS' by the first 1024 bytes, or None."""
    if head[4:8] in _MP4_BOXES:
        return "MP4"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "AVI"
    if any(_is_stream(head, start, length) for start, length in ((0, _PACKET), (4, _PACKET + 4))):
        return "TS"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def _is_stream(head: bytes, start: int, length: int) -> bool:
    return head[start : start + 3 * length : length] == b"GGG"
