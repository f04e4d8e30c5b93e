"""python -m benchmarks.quality.tuning: how good the thresholds are that `framesift tune` advises.

Truth answers in place of a person, rightly or, for a share of the questions, wrongly. Each camera is tuned by its own
answers, and stands beside the method's default thresholds. With --carry-over it is tuned by the first half of its
frames, and what counts is the second half, the next day, beside thresholds that were tuned by that half itself.
"""

import argparse
import random
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace

from benchmarks.quality.__main__ import build_parser, read_truths
from benchmarks.quality.methods import choose_all, framesift
from benchmarks.quality.metrics import Quality, measure_quality, summarise
from benchmarks.quality.table import align, show
from benchmarks.quality.truth import Truth
from framesift.filtering.option_values import Method
from framesift.filtering.reading_settings import choose_thresholds
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames
from framesift.tuning import Answer, Grid, Session, Setting, Sweep

HEAD = ("coverage", "keep rate", "excess")


def sweep_camera(truth: Truth, method: Method) -> Sweep:
    """Walk the frames of a camera, all in one folder, with all settings of the method."""
    folder = truth.frames[0].parent
    known = {path.name for path in truth.frames}
    default = Setting(*choose_thresholds(method))
    sweep = Sweep(folder, Settings(method=method), Grid(default, default))
    for _ in sweep.walk([frame for frame in find_frames(folder).frames if frame.path in known]):
        pass
    return sweep


def answer_session(session: Session, truth: Truth, number: int, wrong: Collection[int] = ()) -> Setting:
    """Answer `number` questions by truth, those at the places `wrong` by its opposite; return what is advised."""
    places = {path.name: place for place, path in enumerate(truth.frames)}
    while (asked := session.next(number)) is not None:
        pair = session.questions[asked].pair
        new = truth.differ(places[pair.reference], places[pair.path]) != (asked in wrong)
        session.answer(asked, Answer.YES if new else Answer.NO)
    return session.advise().setting


def measure_setting(truth: Truth, method: Method, setting: Setting) -> Quality:
    """What a setting makes of a camera."""
    contender = framesift("", method, [(str(setting.min_contour_area), str(setting.score_threshold))])
    [(*_, chosen)] = choose_all(truth.frames, [contender])
    return measure_quality(truth, chosen)


def show_means(qualities: Sequence[Quality]) -> list[str]:
    """The cells under `HEAD`, and what is kept where nothing moves."""
    summary = summarise(qualities)
    rates = show(summary.coverage), show(summary.keep_rate), show(summary.excess, 2)
    return [*rates, str(summary.still_keeps)]


def cut(truth: Truth, part: slice) -> Truth:
    """Some of the frames of a camera."""
    return replace(truth, frames=truth.frames[part], distances=truth.distances[part, part])


def choose_rows(truth: Truth, number: int, carry_over: bool) -> tuple[Truth, dict[str, Truth]]:
    """The frames that count, and for each row of the table but the first those that are asked about."""
    if not carry_over:
        return truth, {f"after {number} answers": truth}
    middle = len(truth.frames) // 2
    before, after = cut(truth, slice(middle)), cut(truth, slice(middle, None))
    return after, {f"after {number} answers about the first half": before, f"about this half, {number} too": after}


def run(arguments: argparse.Namespace) -> dict[str, list[Quality]]:
    """The qualities of each row of the table, camera by camera."""
    method, number = arguments.method, arguments.questions
    chance = random.Random(arguments.seed)
    default = Setting(*choose_thresholds(method))
    rows: dict[str, list[Quality]] = {}
    for camera in read_truths(arguments):
        wrong = chance.sample(range(number), round(arguments.wrong * number))
        counting, asked = choose_rows(camera, number, arguments.carry_over)
        rows.setdefault("defaults", []).append(measure_setting(counting, method, default))
        for name, truth in asked.items():
            setting = answer_session(Session(sweep_camera(truth, method)), truth, number, wrong)
            print(f"{camera.camera}, {name}: {setting}", file=sys.stderr)
            rows.setdefault(name, []).append(measure_setting(counting, method, setting))
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = build_parser()
    parser.prog, parser.description = "python -m benchmarks.quality.tuning", __doc__
    parser.add_argument("--method", type=Method, default=Method.TOLERANCE)
    parser.add_argument("--questions", type=int, default=10, metavar="N")
    parser.add_argument("--wrong", type=float, default=0, metavar="SHARE", help="of the answers of each camera")
    parser.add_argument("--carry-over", action="store_true", help="answers about the first half, figures of the second")
    arguments = parser.parse_args(argv)
    try:
        rows = run(arguments)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 3
    head = (str(arguments.method), *HEAD, "kept where nothing moves")
    print(align([head, *((name, *show_means(qualities)) for name, qualities in rows.items())], left=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
