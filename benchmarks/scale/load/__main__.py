"""python -m benchmarks.scale.load [--seconds 120] [--clients 50]: latencies, errors, growth of memory, and losses."""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scale.load.clients import Client, Tally
from benchmarks.scale.load.people import draw_people, find_losses

PROGRAM = "from framesift.cli import run; run()"
WARM_UP_S = 10.0


def main() -> None:
    """Run the load and say what it came to; the exit code is 1 where something was lost or an answer was a 5xx."""
    options = _parse()
    with tempfile.TemporaryDirectory() as folder:
        root, output = Path(folder, "people"), Path(folder, "people-output")
        digests = draw_people(root, options.persons, options.pictures)
        with _start(root, Path(folder, "index.sqlite")) as (server, port, token):
            tally, sizes = _load(options, server.pid, port, token)
            spent = _processor_time(server.pid)
        losses = find_losses(root, output, digests)
    _report(tally, sizes, options.seconds)
    print(f"processor: {1000 * spent / (len(tally.reads) + len(tally.changes)):.2f} ms for each answer, jobs included")
    print(f"files: {len(digests)}, lost or moved twice: {len(losses)} {losses[:3]}")
    sys.exit(bool(losses or tally.problems))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--persons", type=int, default=200)
    parser.add_argument("--pictures", type=int, default=4, help="of each person, in three versions each")
    parser.add_argument("--pause", type=float, default=0.0, help="mean seconds between the requests of a client")
    parser.add_argument("--changes", type=float, default=0.05, help="share of the requests that change something")
    return parser.parse_args()


@contextlib.contextmanager
def _start(root: Path, index: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    command = [sys.executable, "-c", PROGRAM, "serve", str(root), "--no-browser", "--port", "0", "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = re.search(r":(\d+)/", server.stdout.readline())
        token = server.stdout.readline().split()[-1]
        assert port is not None
        try:
            yield server, int(port[1]), token
        finally:
            server.terminate()
            print(f"server ended with {server.wait(30)}")


def _load(options: argparse.Namespace, pid: int, port: int, token: str) -> tuple[Tally, list[int]]:
    until = time.monotonic() + options.seconds
    clients = [Client(number, port, token, until, options.pause, options.changes) for number in range(options.clients)]
    for client in clients:
        client.start()
    time.sleep(min(WARM_UP_S, options.seconds / 2))
    sizes = [_resident(pid)]
    while any(client.is_alive() for client in clients):
        time.sleep(1)
        sizes.append(_resident(pid))
    total = Tally()
    for client in clients:
        total.reads += client.tally.reads
        total.changes += client.tally.changes
        total.statuses += client.tally.statuses
        total.slow += client.tally.slow
        total.problems += client.tally.problems
    return total, sizes


def _resident(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) * 1024


def _processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _report(tally: Tally, sizes: list[int], seconds: float) -> None:
    for name, times in (("reads", tally.reads), ("changes", tally.changes)):
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            p50, p95, p99 = (1000 * cuts[place - 1] for place in (50, 95, 99))
            rate = len(times) / seconds
            print(f"{name}: {len(times)} ({rate:.0f}/s), p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms")
    print(f"statuses: {dict(sorted(Counter(tally.statuses).items()))}; reads over 100 ms: {dict(tally.slow)}")
    print(f"problems: {len(tally.problems)} {tally.problems[:3]}")
    megabytes = [size / 2**20 for size in sizes]
    grown, peak = megabytes[-1] - megabytes[0], max(megabytes) - megabytes[0]
    print(f"memory: {megabytes[0]:.0f} MiB after warm-up, grown by {grown:.0f} MiB at the end, {peak:.0f} at most")


if __name__ == "__main__":
    main()
