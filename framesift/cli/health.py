"""What `framesift filter` and `framesift overview` say of the health of the cameras."""

import sys

from framesift.errors import counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from framesift.filtering.health import Fault
    from framesift.frames.naming import Naming

TOLD = 12
"""So many faults are told one by one."""


def describe_health(faults: "Sequence[Fault]", naming: "Naming") -> "Iterator[str]":
    """Yield a line for each of the first faults, those that go on before those that are over."""
    told = sorted(faults, key=lambda fault: fault.is_over)
    yield from (fault.line(naming) for fault in told[:TOLD])
    if len(told) > TOLD:
        yield f"and {counted(len(told) - TOLD, 'more fault')} of cameras: --json has all"


def tell_fault(directory: str, naming: "Naming") -> "Callable[[Fault], None]":
    """Return what says on stderr that a fault begins, or is over."""
    from framesift.stores import join

    def tell(fault: "Fault") -> None:
        print(f"{show(join(directory, fault.path))}: camera {fault.line(naming, with_path=False)}", file=sys.stderr)

    return tell
