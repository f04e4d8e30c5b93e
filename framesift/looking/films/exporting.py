"""A film by one call."""

from framesift.actions.files.outputs import create_output
from framesift.errors import PathLike, UsageError, show
from framesift.filtering.places import borrow_record
from framesift.looking.films.pace import Pace
from framesift.looking.films.shots import plan_films
from framesift.looking.films.writing import write_film


def export_film(
    results: PathLike,
    output: PathLike,
    camera: str | None = None,
    *,
    seconds_each: float = 0.5,
    length: float | None = None,
    clock: bool = True,
    source: PathLike | None = None,
    jobs: int | None = None,
) -> list[tuple[str, str]]:
    """Write a film, `output`, of what was kept of a camera, which has to be named where there are several.

    Each picture is shown for `seconds_each` s, or has its share of `length` s by the time it stands for; with `clock`
    its time is written in. Returns the paths of the kept frames that cannot be read any more, each with the reason.
    Nothing is overwritten. Raises UsageError, StorageError, and MissingLibrary without PyAV.
    """
    with borrow_record(results, source) as record:
        record.require_source()
        plans = plan_films(record, Pace(seconds_each, length), camera)
        if len(plans) > 1:
            names = ", ".join(show(plan.camera) for plan in plans[:5])
            raise UsageError(f"has several cameras: name one of {names}", results)
        with create_output(output) as file:
            return write_film(record, plans[0], file, clock, jobs)
