"""A bar on stderr for what takes long: how much is done, and how much time is left."""

import sys

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from tqdm import tqdm

_KNOWN = "{desc}{percentage:3.0f}% {bar:20} {n_fmt} of {total_fmt}{unit}, {rate_noinv_fmt}, {remaining} left{postfix}"
_UNKNOWN = "{desc}{n_fmt}{unit}, {elapsed}{postfix}"


def open_bar(
    items: "Iterable[Any] | None" = None,
    stage: str = "",
    total: int | None = None,
    unit: str = "frame",
    quiet: bool = False,
    earlier: int = 0,
) -> "tqdm[Any]":
    """Return the items with a bar; none where nobody looks on, and none for no item. It goes when it is done."""
    from collections.abc import Sized

    from tqdm import tqdm

    if total is None and isinstance(items, Sized):
        total = len(items)
    return tqdm(
        items,
        f"{stage} " if stage else None,
        None if total is None else total + earlier,
        initial=earlier,
        unit=f" {unit}s",
        file=sys.stderr,
        disable=True if quiet or total == 0 else None,
        dynamic_ncols=True,
        leave=False,
        bar_format=_UNKNOWN if total is None else _KNOWN,
    )


def follow_steps(bar: "tqdm[Any]") -> "Callable[[int, int], None]":
    """Return what moves a bar, given how many steps are done and how many there are."""

    def follow(done: int, total: int) -> None:
        bar.total, bar.bar_format = total, _KNOWN
        bar.update(done - bar.n)

    return follow
