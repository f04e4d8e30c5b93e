"""A store that is silent: calls give up together, and none begins anew while that is fresh."""

import threading
from itertools import count

import fsspec
import pytest

from framesift.errors import StorageError, UsageError
from framesift.stores import retrying, trying_again
from framesift.stores.retrying import explain, persist
from framesift.stores.silence import Silence
from framesift.stores.store import Store


def fail() -> None:
    raise ConnectionRefusedError(111, "refused")


def test_who_waits_gives_up_with_the_first_that_does():
    silence, asked = Silence(), count()

    def ask() -> None:
        next(asked)
        waiting.set()
        fail()

    waiting, errors = threading.Event(), []

    def wait() -> None:
        with pytest.raises(ConnectionRefusedError) as caught:
            persist(ask, pauses=(25,), silence=silence)
        errors.append(caught.value)

    thread = threading.Thread(target=wait)
    thread.start()
    waiting.wait()
    with pytest.raises(ConnectionRefusedError):
        persist(fail, pauses=(0,), silence=silence)
    thread.join()
    assert len(errors) == 1 and next(asked) == 1


def test_after_one_has_given_up_no_other_asks_until_a_while_has_passed(monkeypatch):
    silence, now, asked = Silence(), [0.0], count()
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    silence.begin(ConnectionRefusedError(), 28)
    with pytest.raises(ConnectionRefusedError):
        persist(lambda: next(asked), silence=silence)
    now[0] = 8
    assert persist(lambda: next(asked), silence=silence) == 0
    assert not silence.wait(0)


def test_what_hardly_matters_makes_nobody_give_up():
    silence = Silence()
    with pytest.raises(ConnectionRefusedError), trying_again(0):
        persist(fail, silence=silence)
    assert not silence.wait(0)


def test_a_server_that_is_not_reached_is_not_asked_as_often(monkeypatch):
    """Each attempt takes as long as is waited to reach it."""
    now, asked = [0.0], count()
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def ask() -> None:
        next(asked)
        now[0] += 10
        raise TimeoutError

    with pytest.raises(TimeoutError):
        persist(ask, pauses=(0,) * 100)
    assert next(asked) == 5 and now[0] == 50


def test_a_bucket_that_is_not_there_is_said_where_something_is_put(monkeypatch):
    files = fsspec.filesystem("memory")
    monkeypatch.setattr(files, "pipe_file", lambda *_, **__: files.cat_file("/not/there"))
    with pytest.raises(FileNotFoundError) as caught:
        Store(files).create("nowhere/a", b"x")
    assert isinstance(explain(caught.value, "gs://nowhere/a"), UsageError)


class HttpError(Exception):
    """As gcsfs has it."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


@pytest.mark.parametrize(("error", "kind", "words"), [
    (HttpError(401, "Anonymous caller does not have storage.objects.get access"), UsageError,
     "no credentials: set GOOGLE_APPLICATION_CREDENTIALS, or log in with gcloud"),
    (HttpError(401, "Invalid Credentials"), UsageError, "the store does not accept the credentials: set GOOGLE"),
    (OSError("Forbidden: https://x/o/k\nme@x does not have access"), StorageError,
     "access denied (me@x does not have access)"),
    (HttpError(503, "backend"), StorageError, "the store does not answer as it should: backend"),
])  # fmt: skip
def test_what_google_says_is_one_line(error, kind, words):
    told = explain(error, "gs://cams/k")
    assert type(told) is kind and told.reason.startswith(words)


def test_the_usual_pauses_are_about_half_a_minute():
    assert 25 < sum(retrying.PAUSES) < 30
