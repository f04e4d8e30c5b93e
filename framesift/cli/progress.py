"""A bar on stderr for what takes long: how much is done, and how much time is left."""

import sys

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TextIO, TypeAlias

    from tqdm import tqdm

    Bar: TypeAlias = "tqdm[Any] | Unseen"

_KNOWN = "{desc}{percentage:3.0f}% {bar:20} {n_fmt} of {total_fmt}{unit}, {rate_noinv_fmt}, {remaining} left{postfix}"
_UNKNOWN = "{desc}{n_fmt}{unit}, {elapsed}{postfix}"


def open_bar(
    items: "Iterable[Any] | None" = None,
    stage: str = "",
    total: int | None = None,
    unit: str = "frame",
    quiet: bool = False,
    earlier: int = 0,
) -> "Bar":
    """Return the items with a bar; none where nobody looks on, and none for no item. It goes when it is done."""
    from collections.abc import Sized

    if total is None and isinstance(items, Sized):
        total = len(items)
    if quiet or total == 0 or not sys.stderr.isatty():
        return Unseen(() if items is None else items)
    from tqdm import tqdm

    return tqdm(
        items,
        f"{stage} " if stage else None,
        None if total is None else total + earlier,
        initial=earlier,
        unit=f" {unit}s",
        file=sys.stderr,
        dynamic_ncols=True,
        leave=False,
        bar_format=_UNKNOWN if total is None else _KNOWN,
    )


class Unseen:
    """What is done with a bar where nobody looks on: to import tqdm takes as long as four frames."""

    n, total, bar_format = 0, 0, ""

    def __init__(self, items: "Iterable[Any]") -> None:
        self._items = items

    def __iter__(self) -> "Iterator[Any]":
        return iter(self._items)

    def __enter__(self) -> "Unseen":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def update(self, n: float | None = 1) -> None:
        """Go on by so many steps."""

    def set_postfix_str(self, s: str = "", refresh: bool = True) -> None:
        """Say something behind the bar."""

    def write(self, s: str, file: "TextIO | None" = None) -> None:
        """Say something above the bar."""
        print(s, file=file)


def follow_steps(bar: "Bar") -> "Callable[[int, int], None]":
    """Return what moves a bar, given how many steps are done and how many there are."""

    def follow(done: int, total: int) -> None:
        bar.total, bar.bar_format = total, _KNOWN
        bar.update(done - bar.n)

    return follow
