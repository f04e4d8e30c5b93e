"""Streams of H.264, H.265 and MPEG as units, each behind the bytes 0 0 1; and what the first say of the frame rate."""

import re
from collections.abc import Iterator

_START = re.compile(rb"\0\0\x01")
_ESCAPE = re.compile(rb"\0\0\x03")
_H264_SPS, _H265_SPS = 7, 33
_WITH_CHROMA = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244}
"""Profiles of H.264 whose parameters speak of chroma and scaling."""
_OWN_ASPECT = 255
_RATES = range(1, 1001)


def find_units(content: bytes) -> Iterator[int]:
    """Yield the offset behind the start code of each unit: that of the byte that says what it is."""
    return (match.end() for match in _START.finditer(content) if match.end() < len(content))


def read_frame_rate(head: bytes, kind: str) -> float | None:
    """Return the frames a second that a stream of H.264 or H.265 says in its first parameters; None where it does not.

    FFmpeg takes 25 then, and for other raw streams.
    """
    for at in find_units(head):
        try:
            if kind == "H.264" and head[at] & 0x1F == _H264_SPS:
                rate = _read_h264(_Bits(head[at + 1 :]))
            elif kind == "H.265" and head[at] >> 1 & 0x3F == _H265_SPS:
                rate = _read_h265(_Bits(head[at + 2 :]))
            else:
                continue
        except (IndexError, ZeroDivisionError):
            return None
        return rate if rate and _RATES[0] / 100 <= rate <= _RATES[-1] else None
    return None


class _Bits:
    """Reads bits and numbers; raises IndexError behind the last."""

    def __init__(self, content: bytes) -> None:
        self._content = _ESCAPE.sub(b"\0\0", content[:4096])
        self._at = 0

    def read(self, count: int = 1) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | (self._content[self._at >> 3] >> (7 - self._at % 8) & 1)
            self._at += 1
        return value

    def golomb(self) -> int:
        zeros = 0
        while not self.read():
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)

    def skip(self, numbers: int) -> None:
        """Skip so many Golomb numbers; whether they have signs makes no difference."""
        for _ in range(numbers):
            self.golomb()

    def signed(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value % 2 else -value // 2


def _read_h264(bits: _Bits) -> float | None:
    profile = bits.read(8)
    bits.read(16)
    bits.skip(1)
    if profile in _WITH_CHROMA:
        _skip_h264_chroma(bits)
    bits.skip(1)
    order = bits.golomb()
    if order == 0:
        bits.skip(1)
    elif order == 1:
        bits.read()
        bits.skip(2)
        bits.skip(bits.golomb())
    bits.skip(1)
    bits.read()
    bits.skip(2)
    if not bits.read():  # frame_mbs_only_flag
        bits.read()
    bits.read()
    _skip_window(bits)
    if not bits.read():
        return None
    _skip_vui_start(bits)
    if not bits.read():
        return None
    units, scale = bits.read(32), bits.read(32)
    return scale / units / 2  # a tick is a field


def _skip_h264_chroma(bits: _Bits) -> None:
    chroma = bits.golomb()
    if chroma == 3:
        bits.read()
    bits.skip(2)
    bits.read()
    if bits.read():
        for number in range(12 if chroma == 3 else 8):
            if bits.read():
                _skip_scaling_list(bits, 16 if number < 6 else 64)


def _skip_scaling_list(bits: _Bits, length: int) -> None:
    last = following = 8
    for _ in range(length):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_window(bits: _Bits) -> None:
    if bits.read():
        bits.skip(4)


def _skip_vui_start(bits: _Bits) -> None:
    """What both codecs say of the picture before they say more."""
    if bits.read() and bits.read(8) == _OWN_ASPECT:
        bits.read(32)
    if bits.read():
        bits.read()
    if bits.read():
        bits.read(4)
        if bits.read():
            bits.read(24)
    if bits.read():
        bits.skip(2)


def _read_h265(bits: _Bits) -> float | None:
    bits.read(4)
    layers = bits.read(3)
    bits.read()
    _skip_h265_profile(bits, layers)
    bits.skip(1)
    if bits.golomb() == 3:
        bits.read()
    bits.skip(2)
    _skip_window(bits)
    bits.skip(2)
    longest = bits.golomb() + 4
    bits.skip(3 * (layers + 1 if bits.read() else 1))
    bits.skip(6)
    if bits.read() and bits.read():
        _skip_h265_scaling(bits)
    bits.read(2)
    if bits.read():
        bits.read(8)
        bits.skip(2)
        bits.read()
    _skip_h265_references(bits)
    if bits.read():
        for _ in range(bits.golomb()):
            bits.read(longest + 1)
    bits.read(2)
    if not bits.read():
        return None
    _skip_vui_start(bits)
    bits.read(3)
    _skip_window(bits)
    if not bits.read():
        return None
    units, scale = bits.read(32), bits.read(32)
    return scale / units


def _skip_h265_profile(bits: _Bits, layers: int) -> None:
    bits.read(96)
    told = [(bits.read(), bits.read()) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for profile, level in told:
        bits.read(88 * profile + 8 * level)


def _skip_h265_scaling(bits: _Bits) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.read():
                bits.skip(1)
                continue
            bits.skip(1 if size > 1 else 0)
            bits.skip(min(64, 1 << 4 + 2 * size))


def _skip_h265_references(bits: _Bits) -> None:
    """Skip the sets of reference pictures, of which each may be told by the one before it."""
    counts: list[int] = []
    for number in range(bits.golomb()):
        if number and bits.read():
            bits.read()
            bits.skip(1)
            kept = 0
            for _ in range(counts[-1] + 1):
                used = bits.read()
                kept += used or bits.read()
            counts.append(kept)
            continue
        negative, positive = bits.golomb(), bits.golomb()
        for _ in range(negative + positive):
            bits.skip(1)
            bits.read()
        counts.append(negative + positive)
