"""Streams of cameras: rtsp://, and over HTTP HLS, MJPEG and pictures that are fetched again and again."""

from framesift import give_on_use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.frames.streams.addresses import Address, is_list, is_stream, read_addresses
    from framesift.frames.streams.cameras import Camera, Mailbox, State, find_refused, stop_all, watch_all
    from framesift.frames.streams.faults import SILENCE
    from framesift.frames.streams.shots import Shot, is_shot, require_names
else:
    __getattr__ = give_on_use(
        __name__,
        {
            "addresses": ("Address", "is_list", "is_stream", "read_addresses"),
            "cameras": ("Camera", "Mailbox", "State", "find_refused", "stop_all", "watch_all"),
            "faults": ("SILENCE",),
            "shots": ("Shot", "is_shot", "require_names"),
        },
    )

__all__ = [
    "SILENCE",
    "Address",
    "Camera",
    "Mailbox",
    "Shot",
    "State",
    "find_refused",
    "is_list",
    "is_shot",
    "is_stream",
    "read_addresses",
    "require_names",
    "stop_all",
    "watch_all",
]
