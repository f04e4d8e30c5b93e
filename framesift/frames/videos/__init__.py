"""Videos: their frames with times, and what tells whether two show the same."""

from framesift import give_on_use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.frames.videos.alignment import Match, compare_fingerprints, find_strongest, measure_changes, occurs
    from framesift.frames.videos.fingerprint import Fingerprint, read_fingerprint
    from framesift.frames.videos.framing import Peak, Window
    from framesift.frames.videos.info import VideoInfo
    from framesift.frames.videos.mute import is_mute
    from framesift.frames.videos.reading import Image, Video, open_video, probe_video, sample_frames
    from framesift.frames.videos.sound import has_sound
    from framesift.frames.videos.stills import (
        Film,
        Passage,
        Sampling,
        Still,
        frame_of,
        is_still,
        name_film,
        name_still,
    )
    from framesift.frames.videos.synchrony import find_offset
    from framesift.frames.videos.tracks import Tracks, can_read_tracks, holds_tracks, read_tracks
    from framesift.frames.videos.walking import encode_still, read_still, walk_stills
else:
    __getattr__ = give_on_use(
        __name__,
        {
            "alignment": ("Match", "compare_fingerprints", "find_strongest", "measure_changes", "occurs"),
            "fingerprint": ("Fingerprint", "read_fingerprint"),
            "framing": ("Peak", "Window"),
            "info": ("VideoInfo",),
            "mute": ("is_mute",),
            "reading": ("Image", "Video", "open_video", "probe_video", "sample_frames"),
            "sound": ("has_sound",),
            "stills": (
                "Film",
                "Passage",
                "Sampling",
                "Still",
                "frame_of",
                "is_still",
                "name_film",
                "name_still",
            ),
            "synchrony": ("find_offset",),
            "tracks": ("Tracks", "can_read_tracks", "holds_tracks", "read_tracks"),
            "walking": ("encode_still", "read_still", "walk_stills"),
        },
    )

__all__ = [
    "Film",
    "Fingerprint",
    "Image",
    "Match",
    "Passage",
    "Peak",
    "Sampling",
    "Still",
    "Tracks",
    "Video",
    "VideoInfo",
    "Window",
    "alignment",
    "can_read_tracks",
    "compare_fingerprints",
    "encode_still",
    "find_offset",
    "find_strongest",
    "fingerprint",
    "frame_of",
    "has_sound",
    "holds_tracks",
    "is_mute",
    "is_still",
    "measure_changes",
    "name_film",
    "name_still",
    "occurs",
    "open_video",
    "probe_video",
    "read_fingerprint",
    "read_still",
    "read_tracks",
    "sample_frames",
    "walk_stills",
]
