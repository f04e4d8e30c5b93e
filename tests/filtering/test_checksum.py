"""The sum of bytes is CRC-32, with the package `isal` and without it."""

import zlib

import pytest

from framesift.filtering import checksum

CONTENTS = [b"", b"a", bytes(range(256)) * 100]


@pytest.mark.parametrize("without", [False, True], ids=["as it is", "without isal"])
def test_each_is_summed_up_for_itself(monkeypatch, without):
    if without:
        monkeypatch.setattr(checksum, "_crc32", zlib.crc32)
    sums = [zlib.crc32(content) for content in CONTENTS]
    assert checksum.sum_each(CONTENTS) == [checksum.crc32(content) for content in CONTENTS] == sums
