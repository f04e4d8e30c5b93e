"""Whether a picture has nothing that another has not: the same bytes, or the same pixels and no less beside them.

For what cannot be taken back. Where in doubt, two pictures are not the same: several pictures in a file, or a film
behind the picture as phones write it, are compared by their bytes alone.
"""

import hashlib
import os

import cv2
import numpy as np

from framesift.frames.reader import decode_picture, has_exif, sniff_format, source

_ONE_PICTURE = {"JPEG", "PNG", "BMP"}
_JPEG_END = b"\xff\xd9"
_SEVERAL = {"JPEG": b"MPF\0", "PNG": b"acTL", "BMP": b""}
"""What says that a file has more than one picture."""
_ALL = cv2.IMREAD_COLOR | cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH
"""All channels and bits, and EXIF orientation applied."""


def is_exact(path: str, keeper: str) -> tuple[bool, str]:
    """Tell whether all of a picture is in its keeper; return the SHA-256 of its bytes too.

    Raises UnreadableFrame and StorageError.
    """
    content, kept = source.read_file(path)[0], source.read_file(keeper)[0]
    digest = hashlib.sha256(content).hexdigest()
    if content == kept:
        return not os.path.samefile(path, keeper), digest
    if not (_is_one_picture(content) and _is_one_picture(kept)) or (has_exif(content) and not has_exif(kept)):
        return False, digest
    decode_picture(content)  # raises where it is not a whole one
    decode_picture(kept)
    one, other = (cv2.imdecode(np.frombuffer(each, np.uint8), _ALL) for each in (content, kept))
    if one is None or other is None:
        return False, digest
    return one.dtype == other.dtype and one.shape == other.shape and bool(np.array_equal(one, other)), digest


def _is_one_picture(content: bytes) -> bool:
    kind = sniff_format(content[:12])
    if kind not in _ONE_PICTURE or (_SEVERAL[kind] and _SEVERAL[kind] in content):
        return False
    return kind != "JPEG" or content.rstrip(b"\0").endswith(_JPEG_END)
