"""Letters of dashcams, drones and SecuritySpy: which lens a frame is of, and which letters say no camera."""

import pytest

from framesift.frames.naming import Naming


@pytest.mark.parametrize(
    ("name", "camera"),
    [
        ("20210430_112100_NF.mp4", "F"),
        ("20210430_112100_EF.mp4", "F"),
        ("20210430_112100_PR.jpg", "R"),
        ("20210430_112100_MI.mp4", "I"),
        ("20210430_112100_NFL.mp4", "F"),
        ("2021_0430_112100_0001F.MP4", "F"),
        ("2021_0430_112100_0001PR.MP4", "R"),
        ("20210430112100_000001A.MP4", "A"),
        ("NO20210430-112100-000001B.MP4", "B"),
        ("EVT_2021_04_30_11_21_00_R.MP4", "R"),
        ("20210430_112100_0001_E_C.MP4", "C"),
        ("van_20210430_112100_0001F.MP4", "van_F"),
        ("DJI_20210430112100_0001_W.JPG", "DJI_W"),
        ("DJI_20210430112100_0001_T.JPG", "DJI_T"),
        ("DJI_20210430112100_0001_T_field.JPG", "DJI_T"),
        ("30-04-2021 11-21-00 M Door.jpg", "Door"),
        ("2021-04-30 11-21-00 C Back yard.jpg", "Back yard"),
    ],
)
def test_a_letter_is_a_lens_or_an_event(name: str, camera: str) -> None:
    assert Naming().take_apart(name).camera == camera
    assert Naming().take_apart(f"car/{name}").camera == f"car/{camera}"


@pytest.mark.parametrize(
    ("name", "camera"),
    [
        ("20210430_112100_N.jpg", "N"),
        ("20210430_112100_WF.jpg", "WF"),
        ("20210430_112100_NX.jpg", "NX"),
        ("cam_20210430_112100_NF.jpg", "NF"),
        ("gate_20210430_112100_NF.jpg", "gate"),
        ("20210430_112100_001F.jpg", ""),
        ("20210430_112100_1080P.jpg", ""),
        ("20210430_112100_0022C.jpg", ""),
        ("DJI_20210430112100_0001.JPG", "DJI"),
        ("DJI_20210430112100_0001_D.JPG", "DJI"),
        ("gate_20210430112100_0001_W.JPG", "gate"),
        ("30-04-2021 11-21-00 Main Door.jpg", "Main Door"),
        ("30-04-2021 11-21-00 M.jpg", "M"),
        ("20210430_112100_M_Door.jpg", "M_Door"),
    ],
)
def test_other_letters_say_what_they_did(name: str, camera: str) -> None:
    assert Naming().take_apart(name).camera == camera
