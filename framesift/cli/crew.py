"""Who reads the frames of a run beside the program itself."""

import argparse
import sys

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from contextlib import ExitStack

    from framesift.cluster.forks import Forks
    from framesift.filtering.settings import Settings


def open_forks(options: argparse.Namespace, settings: "Settings", frames: int, stack: "ExitStack") -> "Forks | None":
    """Open forks until `stack` ends, no more than there are frames; None where threads do as well, or better.

    Forks are for a whole program that reads pictures of this machine: a store is waited for rather than worked for, the
    pixels of a film would be copied, and what goes on without an end has little to do at a time.
    """
    from framesift.cluster.parallel import count_cores
    from framesift.stores import is_url

    jobs = min(options.jobs or count_cores(), frames)
    elsewhere = settings.keep or settings.every or options.watch or is_url(options.directory)
    if jobs <= 1 or elsewhere or sys.platform != "linux" or not getattr(options, "is_program", False):
        return None
    from framesift.cluster.forks import Forks
    from framesift.filtering.comparator_choice import import_comparators

    import_comparators(settings)
    return stack.enter_context(Forks(jobs))
