"""`framesift serve` as a process: how it starts and ends, and what a kill in the middle of a removal leaves."""

import json
import signal
import socket
import stat
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from framesift.cli import main
from tests.actions.removals import snapshot
from tests.conftest import read_tree
from tests.web.serving import Server, encode, paint, people_tree


@pytest.fixture
def people(write_tree) -> Path:
    return write_tree(people_tree(2), "people")


@pytest.fixture
def crowd(write_tree) -> Path:
    """Two persons with so many copies that removing them takes a while."""
    tree = {}
    for person in (1, 2):
        content = encode(paint(person, 64, 48))
        tree |= {f"PERSON-{person:04}/{number:03}.png": content for number in range(150)}
    return write_tree(tree, "people")


def count_moves(output: Path) -> Counter[str]:
    """How often each file was moved to a backup, by the journals."""
    moves = Counter[str]()
    for journal in (output / "duplicates_backup").glob("*/*/journal.jsonl"):
        for line in journal.read_text().splitlines()[1:]:
            entry = json.loads(line)
            moves[f"{journal.parent.parent.name}/{entry['stored']}"] += entry["event"] == "moved"
    return moves


def kill_when(server: Server, output: Path, moved: int) -> None:
    """Kill the server as soon as so many files lie in backups."""
    until = time.monotonic() + 30
    while sum(1 for path in output.glob("duplicates_backup/*/*/*.png")) < moved:
        assert time.monotonic() < until
    server.end(signal.SIGKILL)


@pytest.mark.parametrize("moved", [1, 40, 160])
def test_a_removal_that_was_killed_is_carried_on(crowd, moved):
    before = snapshot(crowd)
    with Server(crowd) as first:
        first.wait_for_scan()
        persons = {"person_ids": ["PERSON-0001", "PERSON-0002"]}
        answer = first.client.post("/persons/remove-duplicates", json=persons, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.text
        job_id = answer.json()["id"]
        kill_when(first, first.output, moved)
    with Server(crowd) as second:
        job = second.wait_for(job_id)
        assert job["state"] == "done" and job["result"]["removed"] == 298, job
        assert [part["removed"] for part in job["result"]["collections"]] == [149, 149]
        assert all(part["left"] == [] for part in job["result"]["collections"])
        assert len(read_tree(crowd)) == 2 and set(count_moves(second.output).values()) <= {0, 1}
        undone = second.client.post(f"/api/removals/{job['result']['id']}/undo")
        assert second.wait_for(undone.json()["id"])["result"]["restored"] == 298
    assert snapshot(crowd) == before


def test_an_undo_that_was_killed_is_carried_on(crowd):
    before = snapshot(crowd)
    with Server(crowd) as first:
        first.wait_for_scan()
        removed = first.client.post("/persons/remove-duplicates", json={"person_ids": ["PERSON-0001"]}).json()
        assert removed["total_removed"] == 149
        [removal] = first.client.get("/api/removals").json()["items"]
        job_id = first.client.post(f"/api/removals/{removal['id']}/undo").json()["id"]
        while len(list((crowd / "PERSON-0001").iterdir())) < 20:
            pass
        first.end(signal.SIGKILL)
    with Server(crowd) as second:
        assert second.wait_for(job_id)["result"] == {
            "id": removal["id"],
            "restored": 149,
            "left": [],
            "state": "undone",
        }
    assert snapshot(crowd) == before


def test_a_restart_keeps_what_is_known(people):
    with Server(people) as first:
        first.wait_for_scan()
        found = first.client.get("/api/collections").json()["items"]
        ids = [each["id"] for each in found]
        first.wait_for(first.client.post("/api/searches", json={"collection_ids": ids}).json()["id"])
        [group] = first.client.get(f"/api/collections/{ids[0]}/groups").json()["items"]
        stays = [group["members"][0]["id"]]
        changed = first.client.patch(f"/api/groups/{group['id']}", json={"excluded": stays}).json()
        listed = first.client.get("/api/collections").json()["items"]
        first.end(signal.SIGKILL)
    with Server(people) as second:
        assert second.client.get("/api/collections").json()["items"] == listed
        assert second.client.get(f"/api/collections/{ids[0]}/groups").json()["items"] == [changed]
        assert second.token != first.token


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_while_events_are_watched(people, number):
    with Server(people) as server:
        server.wait_for_scan()
        job = server.client.get("/api/jobs").json()["items"][0]
        with server.client.stream("GET", f"/api/jobs/{job['id']}/events") as events:
            assert "event: end" in "".join(events.iter_text())
        assert server.end(number) == (0, "")


@pytest.fixture
def served(people) -> Iterator[Server]:
    with Server(people) as server:
        yield server


def test_a_second_server_on_the_same_output_is_refused(served):
    with pytest.raises(AssertionError) as refused:
        Server(served.root)
    assert "another framesift serve works with this folder" in str(refused.value)


def test_the_token_file_is_for_its_owner_alone(people, tmp_path):
    path = tmp_path / "token"
    for _ in range(2):
        with Server(people, "--token-file", str(path)) as server:
            assert path.read_text() == f"{server.token}\n"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_other_file_becomes_a_token_file(people, tmp_path, capsys):
    path = tmp_path / "precious.txt"
    path.write_text("mine\n")
    options = ["serve", str(people), "--no-browser", "--port", "0", "--index", str(tmp_path / "i.sqlite")]
    assert main([*options, "--token-file", str(path)]) == 2
    assert "nothing was overwritten" in capsys.readouterr().err and path.read_text() == "mine\n"


def test_another_address(people):
    with Server(people, "--host", "0.0.0.0", "--allow-host", "Review.Example") as server:
        with httpx.Client(base_url=server.address, trust_env=False) as visitor:
            assert visitor.get("/").status_code == 401 and visitor.get("/api/collections").status_code == 401
            assert visitor.get(f"/?token={server.token}").status_code == 200
            named = {"Host": "review.example:80"}
            assert visitor.get("/api/collections", headers=named).status_code == 200
        code, said = server.end(signal.SIGTERM)
        assert code == 0 and "nothing is encrypted" in said


def test_what_the_server_makes_is_for_its_owner_alone(served):
    served.wait_for_scan()
    [collection, *_] = served.client.get("/api/collections").json()["items"]
    [image, *_] = served.client.get(f"/api/collections/{collection['id']}/images").json()["items"]
    served.client.get(f"/api/collections/{collection['id']}/images/{image['id']}/thumbnail").raise_for_status()
    made = [served.output, *served.output.rglob("*"), served.root.parent / "index.sqlite"]
    assert len(made) > 3
    assert [path for path in made if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077] == []


FEW_FILES = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_idle_connections_keep_nobody_out(people):
    """Four times as many as there are descriptors: anybody who is logged in to the machine can open them."""
    with Server(people, before=[sys.executable, "-c", FEW_FILES]) as server, ExitStack() as stack:
        server.wait_for_scan()
        host, port = server.address.removeprefix("http://").split(":")
        for _ in range(1000):
            idle = stack.enter_context(socket.create_connection((host, int(port))))
            idle.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert server.client.get("/api/collections").status_code == 200
        assert server.end(signal.SIGTERM) == (0, "")
