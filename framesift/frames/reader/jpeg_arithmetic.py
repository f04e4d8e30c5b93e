"""Whether the data of an arithmetic-coded JPEG go on to the end of each of its parts.

Behind the end of the data such a decoder reads zeros, and warns of nothing. So more data are put behind each part:
where it is whole they are never read, and where it is cut or has a hole they become pixels.
"""

import re
import struct

from framesift.frames.reader.jpeg_structure import Frame

_MARKERS = {0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_RESTARTS = range(0xD0, 0xD8)
_END = re.compile(rb"\xff[^\x00\xff]")
_LEFT_OUT = bytes(6)
"""An encoder leaves out the zeros at the end."""
_MORE = b"\x5a\xa5\x3c" * 20
_MOST_PARTS = 1 << 20


def is_arithmetic(frame: Frame) -> bool:
    """Tell whether a JPEG is arithmetic-coded."""
    return frame.marker in _MARKERS


def add_data(content: bytes) -> bytes | None:
    """Return a JPEG with more data behind each of its parts; None where they have no end."""
    done, at = 0, 2
    parts: list[bytes] = []
    for _ in range(_MOST_PARTS):
        marker = _END.search(content, at)
        if marker is None:
            return None
        kind, at = marker[0][1], marker.end()
        if kind == _END_OF_IMAGE:
            return b"".join([*parts, content[done:]])
        if kind not in _RESTARTS:
            at += max(2, struct.unpack_from(">H", content, at)[0])
        if kind in _RESTARTS or kind == _START_OF_SCAN:
            end = _END.search(content, at)
            if end is None:
                return None
            data = content[done : end.start()]
            parts += [data, b"\0" if data.endswith(b"\xff") else b"", _LEFT_OUT, _MORE]
            done = at = end.start()
    return None
