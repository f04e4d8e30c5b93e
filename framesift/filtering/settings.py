"""What a run decides by. Two runs with equal settings on equal frames decide the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from framesift.comparators.masks import Mask, digest_masks
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering.manifest_values import check_settings, is_size, shorten
from framesift.filtering.option_values import EVERY_FRAME, Decoding, Lateness, Method, Placement
from framesift.filtering.options import CHOOSING, OPTIONS, PATTERNS
from framesift.filtering.sections import Remembered, Section, Sectioned
from framesift.filtering.spacing import Spacing, check_spacing
from framesift.frames.choosing import Choice
from framesift.frames.naming import Naming
from framesift.frames.periods import Period, write_time

NAMES = 2
"""The way in which names are read. In 1 whatever stood before the time was the camera, and else the folder."""
ADDED: dict[str, Any] = {"against": 1, "most": None, "key_frames": False, "exclude": [], "include": []}
ADDED |= dict.fromkeys(("start", "end", "hours", "camera", "time_format")) | {"reading_of_names": 1}
ADDED |= dict.fromkeys(("budget", "at_most", "at_least", "results_by")) | {"sections": []}
"""What is meant by a manifest that was begun before a setting came, by its key."""
_PLAIN: tuple[str, ...] = ("min_size", "max_pixels", "every", "key_frames", "width", "against", "most")
_PLAIN += ("at_most", "at_least", "results_by")
"""What stands in a manifest as it is."""
_MOST_COMPARED = 100_000_000
"""px."""
NAMING = "name_pattern", "timezone", "camera", "time_format"
_USUAL: dict[str, Any] = {name: option.default for name, option in OPTIONS.items()}


@dataclass(frozen=True, slots=True)
class Settings(Sectioned):
    """Everything that a decision or its place on disk depends on, checked. Raises UsageError for what cannot be.

    What each means, and its unit, stands in `framesift.filtering.options`.
    """

    min_contour_area: Threshold = field(default_factory=lambda: Threshold.parse("0.05%"))
    score_threshold: Threshold = field(default_factory=lambda: Threshold.parse("0.75%"))
    blur: tuple[int, ...] = _USUAL["blur"]
    border_mask: tuple[float, float, float, float] = _USUAL["border_mask"]
    size: tuple[int, int] | None = _USUAL["size"]
    min_size: int = _USUAL["min_size"]
    max_pixels: int = _USUAL["max_pixels"]
    naming: Naming = field(default_factory=Naming)
    link: Placement = _USUAL["link"]
    decode: Decoding = _USUAL["decode"]
    every: float | None = _USUAL["every"]
    """Seconds, 0 for every frame; None: videos are left out."""
    method: Method = _USUAL["method"]
    width: int = _USUAL["width"]
    masks: tuple[Mask, ...] = ()
    against: int = _USUAL["against"]
    most: float | None = _USUAL["most"]
    """Percent; None: none is left out."""
    choice: Choice = field(default_factory=Choice)
    """Which of the frames that there are are looked at."""
    key_frames: bool = _USUAL["key_frames"]
    late: Lateness = _USUAL["late"]
    """Not recorded: no other frame depends on it, and it may differ from run to run."""
    keep: str | None = _USUAL["keep"]
    """`500`, `20/camera` or `20/camera/day`; None: as many as show something new."""
    at_most: float | None = _USUAL["at_most"]
    at_least: float | None = _USUAL["at_least"]
    """Both in seconds from one kept frame of a camera to the next; None: any."""
    results_by: str | None = _USUAL["results_by"]
    sections: tuple[Section, ...] = ()
    """What differs for some cameras, or at some hours."""
    _known: Remembered = field(init=False, repr=False, compare=False, default_factory=Remembered)

    def __post_init__(self) -> None:
        for kernel in self.blur:
            if kernel <= 0 or kernel % 2 == 0:
                raise UsageError(f"--blur takes odd kernel sizes in px, such as 5 or 3,5, not {kernel}")
        left, top, right, bottom = self.border_mask
        if min(self.border_mask) < 0 or left + right >= 100 or top + bottom >= 100:
            raise UsageError(f"--border-mask {self.text('border_mask')} leaves nothing to compare")
        if len(self.blur) > 16 or max(self.blur, default=1) >= 1000:
            raise UsageError("--blur takes up to 16 kernels of less than 1000 px")
        if self.size is not None and not is_size(tuple(self.size), _MOST_COMPARED):
            raise UsageError(
                "--size takes a width and a height of at least 1 px, and of 100 million px together at most"
            )
        if self.every not in (None, EVERY_FRAME) and not 0.001 <= self.every <= 1e6:
            raise UsageError("--every takes at least 1ms")
        if self.key_frames and self.every is None:
            raise UsageError("--key-frames belongs to --every")
        if not 32 <= self.width <= 4096:
            raise UsageError("--width takes at least 32 px, and at most 4096")
        if not isinstance(self.against, int) or self.against < 1:
            raise UsageError(f"--against takes a whole number of at least 1, not {self.against}")
        if self.most is not None and not 0 < self.most <= 100:
            raise UsageError(f"--most takes a share of the picture of up to 100%, not {self.most:g}%")
        if self.keep is not None and not self.score_threshold.relative:
            raise UsageError(f"with --keep a threshold is a share such as 0.5%, not {self.score_threshold} px")
        check_spacing(self.at_most, self.at_least)

    @property
    def spacing(self) -> Spacing:
        """How far apart in time kept frames of a camera are."""
        return Spacing(self.at_most, self.at_least)

    @property
    def reads_grey(self) -> bool:
        """Whether JPEGs are decoded straight to grey, at the smallest scale that the comparison allows."""
        return self.decode is Decoding.FAST or self.method is Method.TOLERANCE

    @property
    def reference_in_words(self) -> str:
        """Which frame another one is decided against."""
        kept = "the last kept frame" if self.against == 1 else f"the nearest of the last {self.against} kept frames"
        return kept if self.most is None else f"{kept} (or one left out since)"

    @property
    def name_pattern(self) -> str | None:
        """The regular expression that reads names, where the usual ones are not those of framesift."""
        return self.naming.pattern

    @property
    def camera(self) -> str | None:
        """What alone says the camera; None for name and folders together."""
        return self.naming.camera

    @property
    def time_format(self) -> str | None:
        """How times are written, where that is said."""
        return self.naming.time_format

    @property
    def timezone(self) -> str:
        """Where the clocks in names stand."""
        return self.naming.timezone

    @property
    def exclude(self) -> tuple[str, ...]:
        """Patterns of what is left out."""
        return self.choice.exclude

    @property
    def include(self) -> tuple[str, ...]:
        """Patterns of what is taken in all the same."""
        return self.choice.include

    @property
    def start(self) -> str | None:
        """Of the time in which frames have to be taken."""
        return self.choice.period.start

    @property
    def end(self) -> str | None:
        """Of the time in which frames have to be taken."""
        return self.choice.period.end

    @property
    def hours(self) -> str | None:
        """Times of the day at which frames have to be taken."""
        return self.choice.period.hours

    @property
    def free(self) -> frozenset[str]:
        """What the next run into the same results may have otherwise: it says which frames are looked at, and not how.

        Films are walked again from their beginning, so that later frames depend on the times of the earlier ones.
        """
        return frozenset(option.name for option in (CHOOSING if self.every is None else PATTERNS))

    def refuse(self, size: tuple[int, int]) -> str:
        """Return why a frame of this width and height is skipped; empty where it is not."""
        return f"shorter side {min(size)} px < {self.min_size}" if min(size) < self.min_size else ""

    def text(self, name: str) -> str:
        """Return a setting as it is written on the command line."""
        return OPTIONS[name].write(getattr(self, name))

    def options(self) -> Iterator[str]:
        """Yield the words of a command line that say what is not as usual, but for thresholds and masks."""
        for option in OPTIONS.values():
            value = getattr(self, option.name, option.default)
            if isinstance(value, tuple) and option.many:
                yield from (word for each in value for word in (option.flag, option.write(each)))
            elif value is True:
                yield option.flag
            elif value != option.default and not isinstance(value, Threshold):
                yield from (option.flag, self.text(option.name))

    def record(self) -> dict[str, Any]:
        """Return the settings as they stand in the first line of a manifest."""
        return {
            "method": str(self.method),
            "min_contour_area": str(self.min_contour_area),
            "score_threshold": str(self.score_threshold),
            "blur": list(self.blur),
            "border_mask": list(self.border_mask),
            "mask": digest_masks(self.masks),
            "masks": [mask.record() for mask in self.masks] or None,
            "decoding": str(self.decode),
            "size": list(self.size) if self.size else None,
            "width": self.width,
            "against": self.against,
            "most": self.most,
            "budget": self.keep,
            "at_most": self.at_most,
            "at_least": self.at_least,
            "min_size": self.min_size,
            "max_pixels": self.max_pixels,
            "every": self.every,
            "key_frames": self.key_frames,
            "name_pattern": self.naming.pattern,
            "camera": self.naming.camera,
            "time_format": self.naming.time_format,
            "reading_of_names": NAMES,
            "timezone": self.naming.timezone,
            "exclude": list(self.exclude),
            "include": list(self.include),
            "start": self.start,
            "end": self.end,
            "hours": self.hours,
            "placement": str(self.link),
            "results_by": self.results_by,
            "sections": [section.record() for section in self.sections],
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Settings":
        """Return the settings that `record` has written down. Raises UsageError for what this version cannot read."""
        record = {**ADDED, **record}
        try:
            check_settings(record)
            masks = tuple(map(Mask.from_record, record["masks"] or ()))
            if record["mask"] != digest_masks(masks):
                raise ValueError("masks that are not those it names")
            return cls(
                min_contour_area=Threshold.parse(record["min_contour_area"]),
                score_threshold=Threshold.parse(record["score_threshold"]),
                blur=tuple(record["blur"]),
                border_mask=tuple(record["border_mask"]),
                size=tuple(record["size"]) if record["size"] else None,
                naming=Naming(*(record[name] for name in NAMING)),
                choice=choose_frames(record, record["timezone"]),
                link=Placement(record["placement"]),
                decode=Decoding(record["decoding"]),
                method=Method(record["method"]),
                masks=masks,
                keep=record["budget"],
                sections=tuple(Section.from_record(each, record["timezone"]) for each in record["sections"]),
                **{name: record[name] for name in _PLAIN},
            )
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise UsageError(f"has settings that this version cannot read: {shorten(repr(error))}") from None


def choose_frames(given: dict[str, Any], timezone: str) -> Choice:
    """Return which frames are looked at, as the options in `CHOOSING` say."""
    period = Period(write_time(given["start"]), write_time(given["end"]), given["hours"], timezone)
    return Choice(tuple(given["exclude"]), tuple(given["include"]), period=period)
