"""`framesift tune`: thresholds from the user's own frames, before anything is copied."""

import argparse
import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from framesift.cli.browser import open_browser
from framesift.cli.configs import add_saving_arguments, check_saving, save_settings
from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_comparing_arguments,
    add_jobs_argument,
    add_settings,
    read_options,
    tell_left_out,
    whole_number,
)
from framesift.errors import UsageError, as_command, counted, show
from framesift.filtering.options import CHOOSING, FRAMES

if TYPE_CHECKING:
    from framesift.filtering.settings import Settings
    from framesift.frames.finding import Listing
    from framesift.frames.frame import Frame
    from framesift.tuning import Advice, AnswerTable, Session, Sweep

DESCRIPTION = """\
Asks about a few pairs of frames whether the second shows something new, on a page of this machine or as pictures in a
folder, and prints the thresholds that fit the answers. With --questions 0 it shows what each threshold would keep: for
each camera the scores against the last kept frame, and the frames kept. No frame is copied, moved or changed."""

EXAMPLE = """\
example:
  %(prog)s frames --method tolerance         asks ten questions in the browser, prints thresholds
  %(prog)s frames --questions 0              shows what each threshold keeps, and does not ask
  %(prog)s frames --pairs pairs              draws pairs/01.jpg ...; write yes or no into pairs/answers.csv, then
  %(prog)s frames --answers pairs/answers.csv

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    add = parser.add_argument
    add("directory", metavar="DIR", help="folder of the frames; folders below it are searched too")
    area = "thresholds to show the place of: px, or a share (default: those of the method)"
    add_comparing_arguments(parser, area, "the same")
    frames = [*(option for option in FRAMES if option.name not in ("every", "key_frames")), *CHOOSING]
    add_settings(parser.add_argument_group("frames"), frames)
    _add_asking_arguments(parser.add_argument_group("asking"))
    running = parser.add_argument_group("running")
    add_jobs_argument(running)
    running.add_argument("--quiet", action="store_true", help="no progress bar, and only what is advised")
    running.add_argument("--json", action="store_true", help="everything as JSON")
    parser.set_defaults(command=tune_command)


def _add_asking_arguments(group: Any) -> None:
    add = group.add_argument
    add("--questions", metavar="N", type=whole_number, default=10, help="in all (default 10; 0: ask nothing)")
    answers = "table that the answers are kept in, and taken from if it exists (default: DIR-answers.csv)"
    add("--answers", metavar="FILE.csv", help=answers)
    add("--pairs", metavar="FOLDER", help="no page: draw the pairs into a new or empty folder, with a table to fill in")
    add("--no-browser", action="store_true", help="only print the address of the page, and do not open it")
    add("--port", metavar="N", type=whole_number, default=0, help="port of the page on 127.0.0.1 (default: any)")
    add_saving_arguments(group, "the thresholds")


def tune_command(options: argparse.Namespace) -> int:
    """Sweep, show, ask, advise."""
    from framesift.comparators.masks import require_cameras
    from framesift.filtering.pages import spread_pages
    from framesift.frames.finding import find_frames
    from framesift.stores import locate
    from framesift.tuning import Session

    check_saving(options)
    settings = read_options(options)
    table = _open_table(options)
    listing = find_frames(options.directory, settings.naming, choice=settings.choice)
    tell_left_out(listing.left_out, settings.choice, options.directory, options.quiet)
    listing.frames[:] = [frame for frame in listing.frames if settings.takes(frame) and _is_asked(options, frame)]
    listing.frames[:] = spread_pages(locate(options.directory), listing.frames)
    require_cameras(settings.masks, list(dict.fromkeys(f.camera for f in listing.frames)), options.directory)
    sweep = _sweep(options, settings, listing)
    if not (options.json or options.quiet):
        _show(options, sweep)
        if listing.videos:
            print(f"{counted(len(listing.videos), 'video')} left out: tune looks at pictures only\n")
    questions, left_out = table.recall(sweep, listing.frames)
    problems = [*listing.unlisted, *sweep.problems]
    for path, reason in [*problems, *left_out]:
        print(f"{show(os.path.join(options.directory, path))}: {reason}", file=sys.stderr)
    session = Session(sweep, questions)
    if options.pairs:
        return _draw_pairs(options, session)
    if options.questions:
        _ask(options, session, table)
    _conclude(options, session)
    return SKIPPED if problems or left_out else DONE


def _is_asked(options: argparse.Namespace, frame: "Frame") -> bool:
    """Tell whether a frame is of the cameras whose thresholds are wanted."""
    from framesift.filtering.sections import Section

    return options.section is None or Section(options.section).covers(frame.camera)


def _open_table(options: argparse.Namespace) -> "AnswerTable":
    """Read the answers of an earlier session, and refuse what cannot be written before the work begins."""
    from framesift.actions import storage_errors
    from framesift.actions.files.staging import holds_only
    from framesift.tuning import AnswerTable

    if options.pairs:
        with storage_errors(options.pairs):
            there = os.path.lexists(options.pairs)
            if there and not (os.path.isdir(options.pairs) and holds_only(options.pairs, r"\d{2,}\.jpg")):
                raise UsageError("is not an empty folder: choose another one", options.pairs)
    if options.answers and options.pairs and not os.path.lexists(options.answers):
        raise UsageError("no such file", options.answers)
    return AnswerTable(options.answers or f"{os.path.abspath(options.directory)}-answers.csv")


def _sweep(options: argparse.Namespace, settings: "Settings", listing: "Listing") -> "Sweep":
    from framesift.cli.progress import open_bar
    from framesift.filtering.reading_settings import choose_thresholds
    from framesift.tuning import Grid, Setting, Sweep

    default = Setting(*choose_thresholds(settings.method, thorough=options.thorough))
    sweep = Sweep(
        options.directory, settings, Grid(default, Setting(settings.min_contour_area, settings.score_threshold))
    )
    walked = sweep.walk(listing.frames, options.jobs)
    for _ in open_bar(walked, total=len(listing.frames), quiet=options.quiet):
        pass
    return sweep


def _show(options: argparse.Namespace, sweep: "Sweep") -> None:
    """Print what each threshold keeps; before a page that asks, for which one waits, only what is kept now."""
    from framesift.tuning.summary import describe_sweep, summarise_sweep

    if options.questions and not options.pairs:
        print("\n".join(summarise_sweep(sweep)))
        print("What other thresholds keep: the same command with --questions 0.\n", flush=True)
    else:
        print("\n".join(describe_sweep(sweep)))


def _draw_pairs(options: argparse.Namespace, session: "Session") -> int:
    from framesift.actions import storage_errors
    from framesift.actions.files.access import new_folder
    from framesift.tuning import AnswerTable, write_pairs

    session.ask_all(max(options.questions - len(session.questions), 0))
    sweep = session.sweep
    with storage_errors(options.pairs), new_folder(options.pairs, options.directory):
        problems = write_pairs(
            options.pairs, options.directory, session.questions, sweep.settings.max_pixels, sweep.levels.find
        )
    for path, reason in problems:
        print(f"{show(os.path.join(options.directory, path))}: {reason}", file=sys.stderr)
    table = os.path.join(options.pairs, "answers.csv")
    AnswerTable(table).save(session.questions)
    pairs = counted(len(session.questions) - session.answered, "pair")
    print(f"{pairs} drawn: does the right frame show something new? Write yes, no or unsure into {show(table)};")
    print(f"then: framesift tune {show(options.directory)} --answers {show(table)}, with the same options")
    return SKIPPED if problems else DONE


def _ask(options: argparse.Namespace, session: "Session", table: "AnswerTable") -> None:
    """Serve the page until the person has finished."""
    from framesift.tuning import draw_frame
    from framesift.web.questions import QuestionServer

    if session.next(options.questions) is None:
        return
    draw = partial(_draw, draw_frame, options.directory, session)
    with QuestionServer(
        session,
        options.questions,
        draw,
        lambda: table.save(session.questions),
        lambda: list(_describe(options, session, session.advise())),
        options.port,
    ) as server:
        print(f"answer at {server.address}\nCtrl-C stops; answers are kept in {show(table.path)}", file=sys.stderr)
        if not options.no_browser:
            open_browser(server.address)
        server.wait()


def _draw(draw_frame: Any, directory: str, session: "Session", path: str) -> bytes:
    content: bytes = draw_frame(os.path.join(directory, path), session.sweep.settings.max_pixels, session.levels(path))
    return content


def _conclude(options: argparse.Namespace, session: "Session") -> None:
    from framesift.tuning.summary import advice_as_json, sweep_as_json

    advice = session.advise()
    if options.save:
        setting, method = advice.setting, session.sweep.settings.of(options.section or "").method
        thresholds = {"min_contour_area": setting.min_contour_area, "score_threshold": setting.score_threshold}
        values = {"method": str(method), **{name: str(value) for name, value in thresholds.items()}}
        print(save_settings(options, values), file=sys.stderr)
    if options.json:
        advised = advice_as_json(session.sweep, advice, _command(options, session, advice))
        print(json.dumps({"cameras": sweep_as_json(session.sweep), "advice": advised}))
    else:
        print("\n".join(_describe(options, session, advice)))


def _describe(options: argparse.Namespace, session: "Session", advice: "Advice") -> list[str]:
    from framesift.tuning.summary import describe_advice

    lines = describe_advice(session.sweep, advice, session.answered)
    return [*lines, as_command(_command(options, session, advice))]


def _command(options: argparse.Namespace, session: "Session", advice: "Advice") -> list[str]:
    """Return the words of the command that filters with the advice."""
    results = f"{os.path.normpath(options.directory)}-kept"
    thresholds = [str(advice.setting.min_contour_area), str(advice.setting.score_threshold)]
    masks = [word for mask in options.mask for word in ("--mask", mask)]
    config = ["--config", options.config] if options.config else []
    words = [*thresholds, *session.sweep.settings.options(), *masks, *config]
    return ["framesift", "filter", options.directory, results, *words]
