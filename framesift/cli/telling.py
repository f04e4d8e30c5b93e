"""`--on-keep`, `--on-health` and `--notify`: who is told of kept frames and of faults while a run goes on."""

import argparse
import sys

from framesift.errors import UsageError

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from contextlib import ExitStack

    from framesift.filtering.settings import Settings
    from framesift.filtering.sinks import Sink
    from framesift.filtering.telling import Delivery, Receiver

GRACE = 5.0
"""Seconds that are left for what waits to be told when a run is interrupted."""
_WIDTH = 320
"""px of the picture that a web address is sent, at most."""


def add_telling_arguments(group: argparse._ActionsContainer) -> None:
    """Add who is told. No settings of a run: no file that came with a folder can bring them."""
    add = group.add_argument
    program = "run this program for each kept frame, with FRAMESIFT_PATH, FRAMESIFT_KEPT and others in its environment"
    add("--on-keep", metavar="COMMAND", help=program)
    health = "the same for each fault of a camera (covered, moved, silent ...) as it begins and when it is over"
    add("--on-health", metavar="COMMAND", help=health)
    url = "post both there: what is known as JSON, with a small picture; @FILE reads the URL from a file"
    add("--notify", metavar="URL", help=url)


def tells(options: argparse.Namespace) -> bool:
    """Tell whether anybody is to be told of anything."""
    return bool(options.on_keep or options.on_health or options.notify)


class Receivers:
    """Who is told of kept frames, and who of faults. Raises UsageError for a missing program, or what is no URL."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.of_kept: list[Receiver] = []
        self.of_faults: list[Receiver] = []
        if not tells(options):
            return
        from framesift.filtering.telling import Program, Webhook

        if options.on_keep:
            self.of_kept.append(Program("--on-keep", options.on_keep))
        if options.on_health:
            self.of_faults.append(Program("--on-health", options.on_health))
        if options.notify:
            address = Webhook(_read_url(options.notify), _draw)
            self.of_kept.append(address)
            self.of_faults.append(address)

    def follow(self, sink: "Sink", settings: "Settings", options: argparse.Namespace, stack: "ExitStack") -> None:
        """Have them told of what `sink` keeps and finds, until `stack` ends."""
        if not tells(options):
            return
        from framesift.filtering.health import Fault
        from framesift.filtering.kept_names import name_kept
        from framesift.filtering.results import Results
        from framesift.filtering.selection import Decision
        from framesift.filtering.telling import notice_of, notice_of_fault
        from framesift.stores import join

        assert isinstance(sink, Results)
        opened = {each: _open_delivery(each, options, stack) for each in {*self.of_kept, *self.of_faults}}
        folder, directory = sink.folder, sink.source or sink.folder  # of streams nothing lies elsewhere

        def tell_kept(decision: Decision) -> None:
            notice = notice_of(decision, directory, join(folder, name_kept(decision.frame, settings)))
            for receiver in self.of_kept:
                opened[receiver].add(notice)

        def tell_fault(fault: Fault) -> None:
            for receiver in self.of_faults:
                opened[receiver].add(notice_of_fault(fault, directory))

        sink.follow = tell_kept
        sink.health.listeners.append(tell_fault)


def _open_delivery(receiver: "Receiver", options: argparse.Namespace, stack: "ExitStack") -> "Delivery":
    """Deliver until `stack` ends: then all that waits, but within seconds where the run was interrupted."""
    from framesift.filtering.telling import Delivery

    delivery = Delivery(receiver, _tell)

    def close(kind: object, *_: object) -> None:
        delivery.close(GRACE if kind or options.watch else None)

    stack.push(close)
    return delivery


def _read_url(text: str) -> str:
    """Return a URL, or what stands in the file that is named in its place, where no list of processes shows it."""
    if not text.startswith("@"):
        return text
    path = text[1:]
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline(1 << 16).strip()
    except OSError as error:
        raise UsageError(error.strerror or str(error), path) from None
    except UnicodeDecodeError:
        raise UsageError("holds no URL", path) from None


def _draw(path: str) -> str | None:
    """Return a picture as a small JPEG in base64; None where it cannot be read (any more)."""
    from framesift.errors import FramesiftError
    from framesift.frames.reader import read_picture
    from framesift.looking.page.thumbnails import encode_jpeg, shrink_image

    try:
        return encode_jpeg(shrink_image(read_picture(path).pixels, _WIDTH))
    except FramesiftError:
        return None


def _tell(line: str) -> None:
    """Say it on stderr, above the bar, also to whom wants to hear nothing else: it is what went wrong."""
    from tqdm import tqdm

    tqdm.write(line, file=sys.stderr)


def hide_address(words: list[str], address: str | None) -> list[str]:
    """Return the words of a command without the address of `--notify`, which may be secret."""
    return [word.replace(address, "URL") for word in words] if address else words
