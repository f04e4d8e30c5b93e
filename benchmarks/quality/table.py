"""What came out, as Markdown tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from benchmarks.quality.methods import Contender, Setting
from benchmarks.quality.metrics import Quality, Summary, summarise
from benchmarks.quality.peers import Missing

HEAD = ("coverage", "keep rate", "excess", "false keeps", "of these where nothing moves")
OF_SCENE = ("frames", "oracle", *HEAD[:4])
ENOUGH = 0.95
"""Coverage that a setting should reach to be shown for its method."""
NOTE = f"""\
coverage: share of the frames that are kept or shown by the last frame kept before them. keep rate: kept / all frames.
excess: kept frames / those of an oracle that knows the truth. false keeps: kept frames that show nothing new.
The first three are means over the cameras on which something moves.
framesift stands here with its default settings; each of the others with that of its settings below which keeps the
fewest frames at a coverage of at least {ENOUGH}, or which covers most where none reaches that: chosen with the truth in
hand, which a user does not have."""


@dataclass(frozen=True)
class Result:
    """One setting of one method on all cameras."""

    contender: Contender
    setting: Setting
    qualities: dict[str, Quality] = field(default_factory=dict)
    """By camera."""

    @property
    def summary(self) -> Summary:
        """All cameras as one."""
        return summarise(list(self.qualities.values()))


def write_report(results: Sequence[Result], missing: Iterable[Missing]) -> str:
    """All tables of each group: one setting of each method, every setting, framesift's methods camera by camera."""
    groups = split_groups(results)
    parts = []
    for name, of_group in groups.items():
        cameras = len(of_group[0].qualities)
        parts += [f"{show_group(name, cameras)}: one setting of each method", tabulate_settings(choose_usual(of_group))]
    parts += [NOTE, *(f"not installed: {peer.name}: {peer.install}" for peer in missing)]
    for name, of_group in groups.items():
        parts += [f"{show_group(name, len(of_group[0].qualities))}: every setting", tabulate_settings(of_group)]
        for result in choose_usual(of_group):
            if result.contender.ours:
                parts += [f"{name}: {result.contender.name}, {result.setting.text}", tabulate_cameras(result.qualities)]
    return "\n\n".join(parts)


def split_groups(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The results of each group of cameras, by its name, in the order in which they were run."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        for name in dict.fromkeys(quality.group for quality in result.qualities.values()):
            of_group = {camera: each for camera, each in result.qualities.items() if each.group == name}
            groups.setdefault(name, []).append(replace(result, qualities=of_group))
    return groups


def show_group(name: str, cameras: int) -> str:
    """A heading."""
    return f"{cameras} {name}" if name == "scenes" else f"{name}, {cameras} cameras"


def choose_usual(results: Iterable[Result]) -> list[Result]:
    """One setting of each method."""
    return [choose_setting(list(each)) for _, each in groupby(results, key=lambda result: result.contender)]


def choose_setting(results: Sequence[Result]) -> Result:
    """The setting that stands for a method, as `NOTE` says."""
    if results[0].contender.ours:
        return results[0]
    enough = [result for result in results if (result.summary.coverage or 0) >= ENOUGH]
    if enough:
        return min(enough, key=lambda result: result.summary.keep_rate or 0)
    return max(results, key=lambda result: result.summary.coverage or 0)


def tabulate_settings(results: Iterable[Result]) -> str:
    """A line for each setting."""
    rows = [(result.contender.name, result.setting.text, *show_summary(result.summary)) for result in results]
    return align([("method", "setting", *HEAD), *rows], left=2)


def tabulate_cameras(qualities: Mapping[str, Quality]) -> str:
    """A line for each camera."""
    return align([("camera", *OF_SCENE), *((name, *show_quality(each)) for name, each in qualities.items())], left=1)


def show_summary(summary: Summary) -> tuple[str, ...]:
    """The cells under `HEAD`."""
    rates = show(summary.coverage), show(summary.keep_rate), show(summary.excess, 2)
    return *rates, str(summary.false_keeps), str(summary.still_keeps)


def show_quality(quality: Quality) -> tuple[str, ...]:
    """The cells under `OF_SCENE`."""
    rates = show(quality.coverage), show(quality.keep_rate), show(quality.excess, 2)
    return str(quality.frames), str(quality.oracle), *rates, str(quality.false_keeps)


def show(value: float | None, digits: int = 3) -> str:
    """The number, or a dash."""
    return "-" if value is None else f"{value:.{digits}f}"


def align(rows: Sequence[Sequence[str]], left: int) -> str:
    """A Markdown table that also reads well as text; so many columns to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(_pad(cell, widths, i, left) for i, cell in enumerate(row)) + " |" for row in rows]
    rule = "|" + "|".join("-" * (w + 2) if i < left else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _pad(cell: str, widths: Sequence[int], column: int, left: int) -> str:
    return cell.ljust(widths[column]) if column < left else cell.rjust(widths[column])
