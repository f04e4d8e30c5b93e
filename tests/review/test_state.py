"""The state of a review: one file that is never begun anew, jobs that outlive the program, bounded pictures."""

import json
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from framesift.actions import Plan, encode_plan
from framesift.errors import ResultsInUse, StorageError, UsageError
from framesift.review import Conflict, Review, Unknown
from framesift.review.duplicates.contents import Contents
from framesift.review.duplicates.pictures import Pictures, fit_width
from framesift.review.jobs import Jobs
from framesift.review.store import NAME, Store
from tests.actions.removals import picture, plan_of
from tests.conftest import encode, read_tree
from tests.web.serving import finish_all, open_review, paint, people_tree


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def people(write_tree) -> Path:
    return write_tree(people_tree(1), "people")


@pytest.mark.parametrize("content", [b"a letter to my mother", b"SQLite format 3\0" + b"x" * 200, None])
def test_a_foreign_file_is_left_as_it_is(tmp_path, content):
    path = tmp_path / NAME
    if content is None:
        with sqlite3.connect(path) as foreign:
            foreign.execute("CREATE TABLE letters (text)")
        foreign.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="not the state of a review"):
        Store(tmp_path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_left_as_it_is(tmp_path):
    Store(tmp_path).close()
    path = tmp_path / NAME
    content = path.read_bytes()
    damaged = content[:4096] + b"\xa5" * (len(content) - 4096)
    path.write_bytes(damaged)
    with pytest.raises(UsageError, match="is damaged"):
        Store(tmp_path)
    assert path.read_bytes() == damaged


def test_a_file_of_another_version_is_left_as_it_is(tmp_path, store):
    with store.writing() as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="another version"):
        Store(tmp_path)


def test_a_start_that_was_stopped_is_made_good(tmp_path):
    database = sqlite3.connect(tmp_path / NAME)
    database.execute(f"PRAGMA application_id = {int.from_bytes(b'fsrv', 'big')}")
    database.close()
    Store(tmp_path).close()


def test_what_fails_half_way_is_not_there(store):
    with pytest.raises(RuntimeError), store.writing() as database:
        database.execute("INSERT INTO exclusions VALUES ('x', 1)")
        raise RuntimeError
    assert store.read("SELECT * FROM exclusions") == []


def test_reading_goes_on_while_somebody_writes(store):
    with store.writing() as database:
        database.execute("INSERT INTO exclusions VALUES ('x', 1)")
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(len(store.read("SELECT * FROM exclusions"))))
        reader.start()
        reader.join(10)
        assert seen == [0]


def test_what_the_disk_refuses(store):
    with pytest.raises(StorageError), store.writing() as database:
        database.execute("INSERT INTO nowhere VALUES (1)")


def test_a_state_belongs_to_one_folder_and_one_program(people, tmp_path):
    output = tmp_path / "output"
    with open_review(people, output), pytest.raises(ResultsInUse, match="another framesift serve"):
        Review(people, output)
    (tmp_path / "others").mkdir()
    with pytest.raises(UsageError, match="holds the review of"):
        Review(tmp_path / "others", output)
    for wrong in (people, tmp_path):
        with pytest.raises(UsageError, match="cannot be or lie in the output folder"):
            Review(people, wrong)
    with pytest.raises(UsageError, match="no such folder"):
        Review(tmp_path / "none", output)
    assert not (people / NAME).exists()


class TestStatesOfStrangers:
    """A folder came with its output beside it: what is to be done next stands in there."""

    @pytest.fixture
    def precious(self, tmp_path) -> Path:
        folder = tmp_path / "home"
        folder.mkdir()
        for number in range(2):
            (folder / f"a{number}.png").write_bytes(picture(number))
        return folder

    def hand_in(self, people: Path, plan: Plan, backup: str = "duplicates_backup/x", **notes: str) -> Path:
        """Lay a state beside a folder, in which a removal waits to be done."""
        output = people.parent / f"{people.name}-output"
        output.mkdir()
        store = Store(output)
        with store.writing() as database:
            for name, document in notes.items():
                database.execute("INSERT INTO notes VALUES ('review', ?, ?)", (name, document))
            spec, day = json.dumps({"removal": "r"}), "2026-01-02"
            database.execute(
                "INSERT INTO jobs (id, kind, spec, collections, state, created) VALUES ('j', ?, ?, '[]', ?, ?)",
                ("removal", spec, "queued", day),
            )
            database.execute(
                "INSERT INTO removals (id, job_id, create_backup, created) VALUES ('r', 'j', 1, ?)", (day,)
            )
            database.execute(
                "INSERT INTO parts (removal_id, position, collection_id, name, backup, plan, state) "
                "VALUES ('r', 0, 'c', 'n', ?, ?, 'planned')",
                (os.fsencode(backup), encode_plan(plan)),
            )
        store.close()
        return output

    @pytest.mark.parametrize("notes", [{}, {"root": "ROOT"}, {"root": "ROOT", "mark": "0" * 64}])
    def test_nothing_of_one_is_done(self, people, precious, notes):
        given = {name: text.replace("ROOT", str(people)) for name, text in notes.items()}
        output = self.hand_in(people, plan_of(precious, a1="a0"), **given)
        before = read_tree(precious)
        with pytest.raises(UsageError, match="was not begun by you on this machine") as caught:
            Review(people)
        assert str(caught.value).endswith(f"say so: --output {output}")
        assert read_tree(precious) == before

    @pytest.mark.parametrize("outside", ["root", "backup", "backup behind a link"])
    def test_of_one_that_is_named_nothing_is_done_outside(self, people, precious, outside):
        if outside == "root":
            output = self.hand_in(people, plan_of(precious, a1="a0"))
        else:
            for number in range(2):
                (people / f"a{number}.png").write_bytes(picture(number))
            backup = "../home/x" if outside == "backup" else "link/x"
            output = self.hand_in(people, plan_of(people, a1="a0"), backup)
            (output / "link").symlink_to(precious)
        before = read_tree(precious), read_tree(people)
        with Review(people, output) as review:
            finish_all(review)
            assert "lies outside of what is served" in str(review.removals.find("r").collections[0].left)
        assert (read_tree(precious), read_tree(people)) == before

    def test_ones_own_goes_on_and_one_that_was_named_is_known_from_then_on(self, people, precious):
        with Review(people) as review:
            finish_all(review)
        Review(people).__exit__()
        output = review.output
        shutil.rmtree(output)
        self.hand_in(people, plan_of(people))
        for named in (output, None):
            with Review(people, named) as review:
                finish_all(review)


def test_an_output_below_the_root_is_no_collection(people):
    (people / "out" / "thumbnails").mkdir(parents=True)
    (people / "out" / "thumbnails" / "small.jpg").write_bytes(encode(paint(1), ".jpg"))
    with open_review(people, people / "out") as review:
        assert [each.name for each in review.collections.page()[1]] == ["PERSON-0001"]


def run_all(store: Store, kinds: dict, seconds: float = 10) -> None:
    """Do all queued jobs, each once at most."""
    jobs = Jobs(store, kinds)
    jobs.start()
    ended = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if not any(jobs.is_pending(kind) for kind in kinds):
            break
        ended.wait(0.01)
    jobs.close()


def test_jobs_are_done_in_turn(store):
    done: list[int] = []
    kinds = {"search": lambda spec, progress: done.append(spec["number"]) or {"number": spec["number"]}}
    queue = Jobs(store, {})
    first, *_ = [queue.submit("search", {"number": number}) for number in range(5)]
    run_all(store, kinds)
    assert done == [0, 1, 2, 3, 4]
    job = queue.find(first.id)
    assert (job.state, job.result, job.is_over) == ("done", {"number": 0}, True)
    total, listed = queue.page(1, 2)
    assert total == 5 and len(listed) == 2 and listed[0].result is None


def test_a_job_that_fails_says_why_and_the_next_is_done(store, caplog):
    def fail(spec, progress):
        raise StorageError("No space left on device", "/secret") if spec["known"] else KeyError("/secret")

    queue = Jobs(store, {})
    known, mistake = queue.submit("search", {"known": True}), queue.submit("search", {"known": False})
    after = queue.submit("scan", {})
    run_all(store, {"search": fail, "scan": lambda spec, progress: {}})
    assert (queue.find(known.id).state, queue.find(known.id).problem) == ("failed", "No space left on device")
    assert queue.find(mistake.id).problem == "a mistake of framesift (KeyError)"
    assert queue.find(after.id).state == "done" and "Traceback" in caplog.text


def test_a_job_during_which_the_program_dies_is_begun_again_but_not_for_ever(store):
    job = Jobs(store, {}).submit("search", {})
    for start in range(1, 4):
        with store.writing() as database:  # as the program leaves it when it is killed
            database.execute("UPDATE jobs SET state = 'running', starts = ?", (start,))
        jobs = Jobs(store, {})
        jobs._closing.set()
        jobs.start()
        jobs.close()
        assert jobs.find(job.id).state == ("queued" if start < 3 else "failed")
    assert "too often" in (jobs.find(job.id).problem or "")


def test_a_job_that_is_closed_upon_is_done_at_the_next_start(store):
    begun = threading.Event()

    def work(spec, progress):
        begun.set()
        for _ in progress.follow(iter(int, 1), "waiting"):
            begun.wait(0.001)

    jobs = Jobs(store, {"search": work})
    job = jobs.submit("search", {})
    jobs.start()
    assert begun.wait(10)
    jobs.close()
    assert jobs.find(job.id).state == "queued"
    run_all(store, {"search": lambda spec, progress: {"done": True}})
    assert jobs.find(job.id).result == {"done": True}


def test_jobs_that_are_not_there(store):
    jobs = Jobs(store, {})
    with pytest.raises(Unknown):
        jobs.find("none")
    with pytest.raises(Unknown):
        jobs.cancel("none")
    with pytest.raises(Conflict):
        jobs.cancel(jobs.submit("removal", {}).id)


def test_contents_are_read_again_when_a_file_has_changed(store, tmp_path):
    contents, path = Contents(store), tmp_path / "a.png"
    path.write_bytes(b"one")
    first = contents.digest(str(path), path.lstat())
    os.utime(path, ns=(1, 1))
    path.write_bytes(b"two")
    assert contents.digest(str(path), path.lstat()) != first


@pytest.mark.parametrize(("asked", "kept"), [(1, 120), (120, 120), (121, 240), (960, 960), (4000, 960)])
def test_widths(asked, kept):
    assert fit_width(asked) == kept


def test_small_pictures_are_bounded_and_made_again(store, tmp_path):
    folder = tmp_path / "thumbnails"
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(encode(paint(number)))
    pictures = Pictures(Contents(store), str(folder), most_bytes=9000)
    first = pictures.thumbnail(str(tmp_path / "0.png"), 120)
    for number in range(6):
        pictures.thumbnail(str(tmp_path / f"{number}.png"), 120)
    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert sum(sizes) <= 9000 and len(sizes) < 6
    assert pictures.thumbnail(str(tmp_path / "0.png"), 120) == first
    (folder / first[1]).write_bytes(first[0][:50])  # as a crash leaves it
    left = folder / ".framesift-output-0123456789abcdef.tmp"
    left.write_bytes(b"x")
    again = Pictures(Contents(store), str(folder), most_bytes=9000)
    assert again.thumbnail(str(tmp_path / "0.png"), 120) == first and not left.exists()


def test_what_somebody_has_in_a_folder_of_that_name_stays(store, tmp_path):
    """A folder of pictures may be called thumbnails too: what is ours is known by its names."""
    folder = tmp_path / "thumbnails"
    folder.mkdir()
    (tmp_path / "a.png").write_bytes(encode(paint(1)))
    mine = {name: bytes(5000) for name in ("holiday.jpg", "thesis.tmp", "a" * 31 + ".jpg", "a" * 32 + ".png")}
    for name, content in mine.items():
        (folder / name).write_bytes(content)
    for width in (120, 240):
        Pictures(Contents(store), str(folder), most_bytes=1).thumbnail(str(tmp_path / "a.png"), width)
    assert read_tree(folder).items() >= mine.items() and len(read_tree(folder)) == len(mine) + 1


@pytest.mark.parametrize("name", ["thumbnails", "tunings", "duplicates_backup", NAME, f"{NAME}-wal", f"{NAME}-shm"])
def test_nothing_of_an_output_leads_elsewhere(people, tmp_path, name):
    """Who hands in a folder with its output could else have files written and removed at a place of his choice."""
    home, output = tmp_path / "home", tmp_path / "people-output"
    home.mkdir()
    (home / "precious.jpg").write_bytes(b"x")
    output.mkdir()
    (output / name).symlink_to(home / "precious.jpg" if name.startswith(NAME) else home)
    for named in (None, output):
        with pytest.raises(UsageError, match="is a link: what serve keeps lies in its own folder"):
            Review(people, named)
    assert read_tree(home) == {"precious.jpg": b"x"} and [path.name for path in output.iterdir()] == [name]


def test_many_folders_in_natural_order(tmp_path):
    content = encode(paint(1, 8, 6))
    for number in range(400):
        folder = tmp_path / "people" / f"{number // 100}" / f"PERSON-{number:05}"
        folder.mkdir(parents=True)
        (folder / "a.png").write_bytes(content)
    with open_review(tmp_path / "people") as review:
        totals, items = review.collections.page("PERSON-000", True, 60, 60)
        assert totals == {"total": 100, "images": 100, "bytes": 100 * len(content)}
        assert [each.name for each in items][:2] == ["0/PERSON-00060", "0/PERSON-00061"]
    with open_review(tmp_path / "people") as review:
        assert review.collections.page()[0]["total"] == 400
        assert finish_all(review)[-1].result == {"collections": 400}


def test_nothing_is_written_below_the_root(people):
    before = read_tree(people)
    with open_review(people) as review:
        [collection] = review.collections.page()[1]
        review.pictures.thumbnail(review.collections.find_image(collection, "YmlnLnBuZw"), 240)
    assert read_tree(people) == before


def test_there_is_an_end_to_what_can_wait(store):
    jobs = Jobs(store, {})
    with pytest.raises(Conflict, match="too much work is waiting"):
        for _ in range(200):
            jobs.submit("scan", {})
