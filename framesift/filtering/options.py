"""The settings of a run, each described once: the command line, the library and written commands take them from here.

Little is imported: `--help` reads this, and answers at once.
"""

from framesift.filtering.option_values import (
    CameraBy,
    Decoding,
    Lateness,
    Method,
    Placement,
    Preset,
    ResultsBy,
    choose,
    join_numbers,
    parse_blur,
    parse_border_mask,
    parse_budget,
    parse_every,
    parse_method,
    parse_percent,
    parse_size,
    parse_spacing,
    write_every,
    write_spacing,
)

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


DEFAULT_THRESHOLDS = {Method.FRAMEDIFF: ("0.05%", "0.75%"), Method.TOLERANCE: ("0.2%", "0.2%")}
"""`min_contour_area` and `score_threshold`."""
THOROUGH_THRESHOLDS = ("0.05%", "0.05%")
"""Of the method tolerance: also what is small."""


class Option:
    """One setting: its name in the library and, as a rule, on the command line; what it means; what is usual."""

    __slots__ = ("choices", "default", "flag", "many", "meaning", "metavar", "name", "read", "whole", "write")

    def __init__(
        self,
        name: str,
        meaning: str,
        metavar: str = "",
        default: object = None,
        read: "Callable[[str], Any]" = str,
        write: "Callable[[Any], str]" = str,
        choices: tuple[str, ...] = (),
        whole: bool = False,
        many: bool = False,
        flag: str = "",
    ) -> None:
        self.name, self.meaning, self.metavar = name, meaning, metavar
        self.default = default
        """As a value."""
        self.read = read
        """Makes the value of a text. Raises UsageError."""
        self.write = write
        """The way back."""
        self.choices = choices
        """The texts that are offered besides the default, where these are all."""
        self.whole = whole
        """Whether it is a whole number of at least 0."""
        self.many = many
        """Whether it may be given more than once; its value is a tuple."""
        self.flag = flag or "--" + name.replace("_", "-")
        """What it is on the command line."""

    @property
    def help(self) -> str:
        """What it means and what is usual, where that is something."""
        if self.metavar == "" or self.default in (None, 0, ()):
            return self.meaning
        return f"{self.meaning} (default {self.write(self.default)})"

    def value(self, given: "Any") -> "Any":
        """Return the value of what was given, a text or a value; the default for None."""
        if given is None:
            return self.default
        if self.many:
            return (self.read(given),) if isinstance(given, str) else tuple(map(self.read, list(given)))
        return self.read(given) if isinstance(given, str) else given


def _describe_thresholds(place: int) -> str:
    usual, other = (DEFAULT_THRESHOLDS[method][place] for method in (Method.FRAMEDIFF, Method.TOLERANCE))
    return f"(default {usual})" if usual == other else f"(default {usual}; {Method.TOLERANCE}: {other})"


THRESHOLDS = (
    Option(
        "min_contour_area",
        f"changed regions smaller than this do not count: px, or a share {_describe_thresholds(0)}",
    ),
    Option(
        "score_threshold",
        f"a frame is kept when its changed area is above this: px, or a share {_describe_thresholds(1)}",
    ),
)
"""How much counts. Their defaults are those of the method."""
COMPARING = (
    Option("preset", "settings for a kind of place", read=choose(Preset, "--preset"), choices=tuple(map(str, Preset))),
    Option(
        "method",
        "framediff: pixel by pixel; tolerance: by structure, which forgives shake, foliage and changes of light",
        "HOW",
        Method.FRAMEDIFF,
        parse_method,
    ),
    Option(
        "thorough",
        "with tolerance: find also what is small, from 0.04 % of the picture instead of 0.06 %, and keep a little more "
        f"({' and '.join(THOROUGH_THRESHOLDS)})",
        default=False,
    ),
    Option("width", "with tolerance: compare at this width", "PX", 320, int, whole=True),
    Option(
        "blur",
        "sides of the Gaussian kernels in px, odd, or none",
        "PX,...",
        (5,),
        parse_blur,
        lambda kernels: join_numbers(kernels) or "none",
    ),
    Option(
        "border_mask",
        "strips that are not compared, percent of the side: left,top,right,bottom",
        "PERCENT,...",
        (5, 10, 5, 0),
        parse_border_mask,
        join_numbers,
    ),
    Option(
        "mask",
        "regions to ignore or to look at only: polygons (JSON, LabelMe, COCO) or a black-and-white PNG",
        "FILE",
        (),
        lambda path: [path],
    ),
    Option(
        "size",
        "compare all frames at this size in px (default: each frame at its own, with frames of the same size)",
        "WIDTHxHEIGHT",
        None,
        parse_size,
        lambda size: f"{size[0]}x{size[1]}",
    ),
    Option(
        "against",
        "compare with the last N kept frames, of which the nearest counts: for cameras that go from view to view",
        "N",
        1,
        int,
        whole=True,
    ),
    Option(
        "most",
        "leave out frames of which more of the picture has changed: a camera that is moved, covered or disturbed",
        "PERCENT",
        None,
        parse_percent,
        lambda percent: f"{percent:.10g}%",
    ),
)
"""How frames are compared."""
NUMBER = (
    Option(
        "keep",
        "at most so many frames, 500, 20/camera or 20/camera/day: by the lowest threshold that keeps no more, and none "
        "below SCORE_THRESHOLD, which is 0% then",
        "N",
        None,
        parse_budget,
    ),
    Option(
        "at_most",
        "of a camera at most so many: what comes sooner after its last kept frame is dropped, whatever it shows",
        "N/TIME",
        None,
        parse_spacing("--at-most"),
        write_spacing,
    ),
    Option(
        "at_least",
        "of a camera at least so many: what comes so long after its last kept frame is kept, whatever it shows",
        "N/TIME",
        None,
        parse_spacing("--at-least"),
        write_spacing,
    ),
)
"""How many frames are kept."""
FRAMES = (
    Option("min_size", "skip frames whose shorter side is less", "PX", 0, int, whole=True),
    Option(
        "max_pixels",
        "skip frames that declare more px, before they are decoded",
        "PX",
        100_000_000,
        int,
        whole=True,
    ),
    Option(
        "every",
        "look at videos too: at a frame for each 1s, 500ms or 2min, or at every frame; kept ones become PNG files",
        "TIME",
        None,
        parse_every,
        write_every,
    ),
    Option(
        "key_frames",
        "with --every: decode the key frames of videos only, many times faster; alone: look at each of them",
        default=False,
    ),
    Option(
        "name_pattern",
        "regular expression with the groups (?P<camera>...), (?P<time>...) and, where it stands apart, (?P<date>...); "
        "with a / it reads the whole path",
        "REGEX",
    ),
    Option(
        "camera",
        "what says the camera: folder or name alone, or one for all (default: both, less days, hours and events)",
        default=None,
        read=choose(CameraBy, "--camera"),
        choices=("folder", "name", "one"),
    ),
    Option("time_format", "how times are written, as strptime has it, such as %d-%m-%Y_%H.%M.%S", "FORMAT"),
    Option(
        "timezone",
        "where the clocks in names and EXIF stand, such as Europe/Berlin or +02:00",
        "ZONE",
        "UTC",
    ),
    Option(
        "late",
        "frames that come after later ones of their camera have been decided: leave them, or decide them by the kept "
        "frame before them",
        default=Lateness.LEAVE,
        read=choose(Lateness, "--late"),
        choices=("leave", "decide"),
    ),
)
"""Which frames there are, and what their names say."""
PATTERNS = (
    Option(
        "exclude",
        "leave out files and folders: a name, or a path from DIR on, with *, ? and **; may be given more than once",
        "GLOB",
        (),
        many=True,
    ),
    Option(
        "include",
        "take in what --exclude, or framesift by itself (@eaDir, #recycle), leaves out; may be given more than once",
        "GLOB",
        (),
        many=True,
    ),
)
"""Which files are looked at."""
TIMES = (
    Option("start", "only frames taken then or later, in --timezone; 2021-03 is a month", "TIME", flag="--from"),
    Option("end", "only frames taken then or earlier; a day or a minute is meant as a whole", "TIME", flag="--to"),
    Option("hours", "only frames taken at these times of the day: 6-20, 22-5 or 6:30-12,13-20:15", "HH-HH,..."),
)
"""When frames have to be taken."""
CHOOSING = (*PATTERNS, *TIMES)
"""Which of the frames that there are a run looks at. A run that goes on may choose others than the one before."""
RUNNING = (
    Option(
        "decode",
        "fast: JPEG straight to grey, reduced where --size allows; about one frame in 100 is decided otherwise",
        default=Decoding.EXACT,
        read=choose(Decoding, "--decode"),
        choices=("exact", "fast"),
    ),
    Option(
        "link",
        "link kept frames instead of copying them: hard or symbolic",
        default=Placement.COPY,
        read=choose(Placement, "--link"),
        choices=("hard", "symbolic"),
    ),
    Option(
        "results_by",
        "lay kept frames in a folder for each day on which they were taken, in --timezone: RESULTS/2026-11-29",
        read=choose(ResultsBy, "--results-by"),
        choices=("day",),
    ),
)
"""How the work is done."""
OPTIONS = {option.name: option for option in (*THRESHOLDS, *COMPARING, *NUMBER, *FRAMES, *CHOOSING, *RUNNING)}
