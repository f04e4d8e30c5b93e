"""Clients of the review server: each talks over one connection, as a browser does, and notes how long answers take."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_LOOKS = ("list", "list", "one", "groups", "group", "images", "thumbnail", "thumbnail", "jobs")


@dataclass
class Tally:
    """What all clients have seen."""

    reads: list[float] = field(default_factory=list)
    """Seconds."""
    changes: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    slow: Counter[str] = field(default_factory=Counter)
    """Reads that took more than 0.1 s, by kind."""
    removed: Counter[str] = field(default_factory=Counter)
    """Jobs by kind."""
    problems: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """Looks most of the time; now and then searches, removes, or undoes."""

    def __init__(self, number: int, port: int, token: str, until: float, pause: float, changes: float) -> None:
        super().__init__(daemon=True)
        self._random = random.Random(number)
        self._port, self._token, self._until, self._pause = port, token, until, pause
        self._changes = changes
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._collections: list[dict[str, Any]] = []
        self.tally = Tally()

    def run(self) -> None:
        try:
            while time.monotonic() < self._until:
                if self._random.random() < self._changes:
                    self._change()
                else:
                    self._look()
                if self._pause:
                    time.sleep(self._random.uniform(0, 2 * self._pause))
        except Exception as error:
            self.tally.problems.append(repr(error))

    def _look(self) -> None:
        kind = self._random.choice(
            ("list", "list", "one", "groups", "group", "images", "thumbnail", "thumbnail", "jobs")
        )
        if kind == "list" or not self._collections:
            offset = self._random.choice((0, 0, 60, 120))
            found = self._ask("GET", f"/api/collections?offset={offset}", kind="list")
            self._collections = found["items"] or self._collections
            return
        collection = self._random.choice(self._collections)
        base = f"/api/collections/{collection['id']}"
        if kind == "one":
            self._ask("GET", base, kind=kind)
        elif kind == "images":
            self._ask("GET", f"{base}/images", kind=kind)
        elif kind == "thumbnail" and collection["cover"]:
            self._ask("GET", f"{base}/images/{collection['cover']}/thumbnail?width=240", kind=kind)
        elif kind == "jobs":
            self._ask("GET", "/api/jobs?limit=10", kind=kind)
        else:
            groups = self._ask("GET", f"{base}/groups?limit=10", kind="groups")["items"]
            if groups and kind == "group":
                self._ask("GET", f"/api/groups/{self._random.choice(groups)['id']}", kind="group")

    def _change(self) -> None:
        if not self._collections:
            return
        chosen = [each["id"] for each in self._random.sample(self._collections, min(2, len(self._collections)))]
        kind = self._random.choice(("search", "remove", "remove", "undo", "undo", "person"))
        if kind == "search":
            self._ask("POST", "/api/searches", {"collection_ids": chosen})
        elif kind == "remove":
            self._ask("POST", "/api/removals", {"collection_ids": chosen})
        elif kind == "person":
            person = self._random.choice(self._collections)["person_id"]
            self._ask("POST", "/persons/remove-duplicates", {"person_ids": [person]}, prefer="respond-async")
        else:
            removals = self._ask("GET", "/api/removals?limit=20", kind="removals")["items"]
            done = [each for each in removals if each["state"] == "removed" and each["removed"]]
            if done:
                self._ask("POST", f"/api/removals/{self._random.choice(done)['id']}/undo", {})

    def _ask(self, method: str, path: str, body: Any = None, kind: str = "", prefer: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if prefer:
            headers["Prefer"] = prefer
        start = time.perf_counter()
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self._connection.getresponse()
        content = response.read()
        taken = time.perf_counter() - start
        self.tally.statuses[response.status] += 1
        (self.tally.reads if method == "GET" else self.tally.changes).append(taken)
        if method == "GET" and taken > 0.1:
            self.tally.slow[kind] += 1
        if response.status >= 500:
            self.tally.problems.append(f"{method} {path}: {response.status} {content[:200]!r}")
        if response.headers.get_content_type() == "application/json":
            return json.loads(content)
        return {"items": []}
