"""Addresses of streams: what is asked with a password is shown without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.frames.streams import is_list, is_stream, read_addresses
from framesift.frames.streams.addresses import read_address


@pytest.mark.parametrize(
    ("text", "camera", "shown", "login"),
    [
        ("rtsp://192.168.1.20:554/Streaming/Channels/101", "192-168-1-20-Streaming-Channels-101", None, None),
        ("rtsp://me:word@cam1/live", "cam1-live", "rtsp://cam1/live", ("me", "word")),
        ("rtsps://me:a%40b%2Fc@cam1/live", "cam1-live", "rtsps://cam1/live", ("me", "a@b/c")),
        ("rtsp://cam/cam/realmonitor?channel=1&password=word", "cam-cam-realmonitor", None, None),
        ("http://10.0.0.7/still.jpg?token=t1", "10-0-0-7-still", "http://10.0.0.7/still.jpg?...", None),
        ("gate=https://cam1:8443/live.m3u8", "gate", "https://cam1:8443/live.m3u8", None),
        ("gate_2 = RTSP://cam1/live", "gate_2", "rtsp://cam1/live", None),
        ("http://[fe80::1]/video", "fe80-1-video", "http://[fe80::1]/video", None),
    ],
)
def test_an_address_has_a_name_and_what_may_be_shown(text, camera, shown, login):
    address = read_address(text)
    assert (address.camera, address.login) == (camera, login)
    assert address.shown == (shown or text.partition("?")[0] + "?..." * ("?" in text))
    assert "word" not in repr(address) + address.shown + address.camera


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://me:wo/rd@cam1/live",
        "rtsp://me:wo#rd@cam1/live",
        "rtsp://me:wo?rd@cam1/live",
        "rtsp://me:12?rd@cam1/live",
        "rtsp://",
        "rtsp:///live",
        "rtsp://cam1:port/live",
        "../gate=rtsp://cam1/live",
    ],
)
def test_what_is_no_address_is_refused_without_saying_it(text):
    with pytest.raises(UsageError, match=r"is no address of a stream|cannot be the name of a camera") as error:
        read_address(text)
    assert "cam1" not in str(error.value) and "rd" not in str(error.value).replace("password", "").replace("words", "")


secret = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=4)


@given(secret, secret, st.sampled_from(["rtsp", "rtsps", "http", "https"]))
def test_no_password_is_ever_shown(password, token, scheme):
    """Encoded or not: it is an address whose password stays out of sight, or none, and then nothing is said of it."""
    try:
        address = read_address(f"{scheme}://me:{password}@cam/live?{token}")
    except UsageError as error:
        assert f"me:{password}" not in str(error)
    else:
        assert (address.camera, address.shown.removesuffix("?...")) == ("cam-live", f"{scheme}://cam/live")


def test_a_list_has_an_address_a_line(tmp_path):
    path = tmp_path / "cameras.txt"
    path.write_text("# the site\n\ngate = rtsp://me:word@cam1/live\nhttp://cam2/video\n")
    assert is_list(str(path)) and not is_stream(str(path))
    assert [address.camera for address in read_addresses(str(path))] == ["gate", "cam2-video"]


@pytest.mark.parametrize(("text", "cameras"), [
    ("rtsp://cam1/a", ["cam1-a"]), ("gate = rtsp://cam1/a", ["gate"]),
    ("gate=rtsp://cam1/a http://cam2/b", ["gate", "cam2-b"]),
    ("rtsp://cam1/a yard = http://cam2/b\ndoor=https://cam3/c", ["cam1-a", "yard", "door"]),
])  # fmt: skip
def test_several_addresses_stand_one_behind_the_other(text, cameras):
    assert [address.camera for address in read_addresses(text)] == cameras


def test_a_list_is_refused_by_its_line(tmp_path):
    path = tmp_path / "cameras.txt"
    path.write_text("rtsp://cam1/live\nrtsp://me:wo/rd@cam2/live\n")
    with pytest.raises(UsageError, match=r"cameras\.txt: line 2 is no address of a stream: in a user name"):
        read_addresses(str(path))


def test_two_cameras_of_one_name_are_refused(tmp_path):
    path = tmp_path / "cameras.txt"
    path.write_text("rtsp://cam1/live?channel=1\nrtsp://cam1/live?channel=2\n")
    with pytest.raises(UsageError, match="2 streams are of camera cam1-live: give each a name, as NAME=rtsp"):
        read_addresses(str(path))


@pytest.mark.parametrize("content", [b"\xff\xd8\xff", b"rows\nof words\n", b"", b"see http://cam"])
def test_another_file_is_no_list(tmp_path, content):
    path = tmp_path / "frame.jpg"
    path.write_bytes(content)
    assert not is_list(str(path)) and not is_list(str(tmp_path))


def test_a_list_of_nothing_that_streams_is_one_whose_line_is_named(tmp_path):
    path = tmp_path / "cameras.txt"
    path.write_text("# gate\ngate = ftp://me:secret@gate/pictures\n")
    assert is_list(str(path))
    with pytest.raises(UsageError, match=r"cameras\.txt: line 2 is no address of a stream") as caught:
        read_addresses(str(path))
    assert "secret" not in str(caught.value)
