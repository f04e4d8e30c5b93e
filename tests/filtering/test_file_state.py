"""Refreshed files get names of their own, which lead back to them."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering import file_state
from framesift.filtering.file_state import FileState, name_before, name_refreshed
from framesift.frames.frame import Frame


@pytest.mark.parametrize("path", ["video.jpg", "cam1/latest.JPG", "a.b/plain", "c/12.30.15", "ä/\udcff.png"])
@pytest.mark.parametrize("number", [1, 2])
def test_the_name_leads_back_to_the_file(path, number):
    renamed = name_refreshed(Frame(path, "c1", None), 1_600_000_000_123_456_789, number)
    assert renamed.file == path and renamed.camera == "c1" and renamed.time is None
    assert "_2020_09_13__12_26_40.123456Z" in renamed.path
    assert renamed.path.rpartition("/")[0] == path.rpartition("/")[0]
    assert name_before(renamed.path) == path


@pytest.mark.parametrize("mtime_ns", [-(10**18), 0, 10**22])
def test_any_time_makes_a_name(mtime_ns):
    assert name_before(name_refreshed(Frame("a.jpg", "c1", None), mtime_ns).path) == "a.jpg"


def test_other_names_are_not_taken_for_one():
    assert name_before("c1/c1_2021_03_27__12_53_37.png") is None


@given(st.binary(max_size=5000))
def test_the_sum_of_the_bytes_is_the_same_on_every_machine(content):
    status = os.stat(file_state.__file__)
    state = FileState(status.st_size, status.st_mtime_ns, zlib.crc32(content))
    assert FileState.of(status, content) == state  # whichever package adds them up
