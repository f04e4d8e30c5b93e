"""A run as a command line: what to type to filter the same frames with other thresholds."""

import shlex
from collections.abc import Iterator

from framesift.comparators.thresholds import Threshold
from framesift.errors import show
from framesift.filtering.manifest import Record
from framesift.filtering.settings import Decoding, Method, Placement, Settings

_USUAL = Settings()


def write_command(record: Record, min_contour_area: Threshold, score_threshold: Threshold) -> str:
    """Return the command. The results go into a new folder; masks, of which only what they mask is known, are named."""
    thresholds = [str(min_contour_area), str(score_threshold)]
    words = ["framesift", "filter", record.source, f"{record.folder}-new", *thresholds, *_options(record.settings)]
    return shlex.join(map(show, words)) + (" --mask FILE" if record.settings.masks else "")


def _options(settings: Settings) -> Iterator[str]:
    """Yield the options that are not as usual."""
    if settings.method is not Method.FRAMEDIFF:
        yield from ("--method", str(settings.method))
        if settings.width != _USUAL.width:
            yield from ("--width", str(settings.width))
    if settings.blur != _USUAL.blur:
        yield from ("--blur", ",".join(map(str, settings.blur)) or "none")
    if settings.border_mask != _USUAL.border_mask:
        yield from ("--border-mask", ",".join(f"{side:g}" for side in settings.border_mask))
    if settings.size is not None:
        yield from ("--size", f"{settings.size[0]}x{settings.size[1]}")
    for name in ("min_size", "max_pixels"):
        if getattr(settings, name) != getattr(_USUAL, name):
            yield from (f"--{name.replace('_', '-')}", str(getattr(settings, name)))
    if settings.every is not None:
        yield from ("--every", f"{settings.every:.10g}s")
    if settings.decoding is not Decoding.EXACT:
        yield from ("--decode", str(settings.decoding))
    if settings.placement is not Placement.COPY:
        yield from ("--link", str(settings.placement))
    if settings.naming.pattern is not None:
        yield from ("--name-pattern", settings.naming.pattern)
    if settings.naming.timezone != _USUAL.naming.timezone:
        yield from ("--timezone", settings.naming.timezone)
