"""What the tests of the review share: folders of persons, a review with its application, and a server of its own."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import httpx2 as httpx
import numpy as np
from starlette.testclient import TestClient

from framesift.review import Job, Review
from framesift.web.app import create_app
from framesift.web.security import Access
from tests.conftest import encode

HOST = "127.0.0.1:8765"
PROBLEM = "application/problem+json"
PROGRAM = "from framesift.cli import run; run()"


def paint(seed: int, width: int = 96, height: int = 72) -> np.ndarray:
    """A picture of its own, (height, width, 3)."""
    rough = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)


def people_tree(persons: int = 3) -> dict[str, bytes]:
    """Two pictures of each person: one in three sizes, the largest of them called `big.png`, one alone."""
    tree = {}
    for number in range(1, persons + 1):
        image = paint(number)
        for name, size in (("big", (96, 72)), ("mid", (80, 60)), ("small", (64, 48))):
            shrunk = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            tree[f"PERSON-{number:04}/{name}.png"] = encode(shrunk)
        tree[f"PERSON-{number:04}/alone.png"] = encode(paint(1000 + number))
    return tree


def write_people(root: Path, persons: int) -> None:
    """Write the folders below `root`."""
    for path, content in people_tree(persons).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


@contextmanager
def open_review(root: Path, output: Path | None = None) -> Iterator[Review]:
    """A review of `root` whose folders have been found."""
    with Review(root, output, index=root.parent / "index.sqlite") as review:
        finish_all(review)
        yield review


def finish_all(review: Review, seconds: float = 30) -> list[Job]:
    """Wait until no job is left, and return all, the oldest first."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        _, jobs = review.jobs.page(0, 500)
        if all(job.is_over for job in jobs):
            return [review.jobs.find(job.id) for job in reversed(jobs)]
        time.sleep(0.005)
    raise AssertionError("the jobs do not end")


def finish(review: Review, job: Job) -> Job:
    """Wait for a job and return it."""
    finish_all(review)
    return review.jobs.find(job.id)


def search(review: Review, **request: Any) -> dict[str, Any]:
    """Search all collections and return the result."""
    spec = {"collections": [each.id for each in review.collections.page(limit=-1)[1]], "request": request}
    job = finish(review, review.jobs.submit("search", spec))
    assert job.state == "done", job.problem
    result: dict[str, Any] = job.result
    return result


class Api:
    """A client of the application of a review, with its token."""

    def __init__(self, review: Review, access: Access | None = None) -> None:
        self.review, self.access = review, access or Access.make()
        self.app = create_app(review, self.access)
        self.client = TestClient(
            self.app,
            f"http://{HOST}",
            raise_server_exceptions=False,
            headers={"Authorization": f"Bearer {self.access.token}"},
            follow_redirects=False,
        )

    def get(self, path: str, **values: Any) -> Any:
        return self.ask("GET", path, 200, **values)

    def ask(self, method: str, path: str, status: int, **values: Any) -> Any:
        """Ask, hold the status against what is expected, and return the JSON of the answer."""
        response = self.client.request(method, path, **values)
        assert response.status_code == status, response.text
        if status >= 400:
            check_problem(response)
        return response.json() if response.content else None

    def do(self, method: str, path: str, body: Any) -> dict[str, Any]:
        """Ask for a job and return it when it is over."""
        accepted = self.ask(method, path, 202, json=body)
        return describe(finish(self.review, self.review.jobs.find(accepted["id"])))


def name_cookie(address: str, token: str) -> dict[str, str]:
    """The cookie by which a browser that has come in is known."""
    return {"name": f"framesift-{address.rpartition(':')[2]}", "value": token, "url": address}


def describe(job: Job) -> dict[str, Any]:
    """A job as a dict."""
    return {name: getattr(job, name) for name in ("id", "kind", "state", "result", "problem")}


def check_problem(response: Any) -> None:
    """An error is a problem that tells nothing of the disk."""
    assert response.headers["content-type"] == PROBLEM
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == response.status_code and problem["title"] and problem["detail"]
    assert "/" not in problem["detail"].replace("application/json", ""), problem


class Server:
    """`framesift serve` as a process of its own, which `before` may start with its own command line."""

    def __init__(self, root: Path, *options: str, before: Sequence[str] = (), program: str = PROGRAM) -> None:
        self.root, self.output = root, Path(f"{root}-output")
        index = str(root.parent / "index.sqlite")
        command = [sys.executable, "-c", program, "serve", str(root), "--no-browser", "--port", "0", "--index", index]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*before, *command, *options], stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline() for _ in range(2)]
        found = re.search(r"(http://[^ /]+)/", self.lines[0])
        assert found is not None, self.process.communicate()
        self.address, self.token = found[1], self.lines[1].split()[-1]
        self.client = httpx.Client(
            base_url=self.address, headers={"Authorization": f"Bearer {self.token}"}, timeout=30, trust_env=False
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; return the exit code and what was said on stderr."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said

    def wait_for(self, job_id: str) -> dict[str, Any]:
        """Return a job when it is over."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            job: dict[str, Any] = self.client.get(f"/api/jobs/{job_id}").json()
            if job["state"] not in ("queued", "running"):
                return job
            time.sleep(0.02)
        raise AssertionError("the job does not end")

    def wait_for_scan(self) -> None:
        """Return when the folders have been found."""
        while json.loads(self.client.get("/api/collections?limit=1").content)["scanning"]:
            time.sleep(0.02)
