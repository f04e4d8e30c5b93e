"""Who may write to a folder in a store: stores have no locks, so an object says it, and beats while its run lives.

On one machine the kernel keeps a lock besides, so that a run that was killed is known to be dead at once. A run on
another machine is taken for dead when its object has not changed for `PATIENCE` seconds by the clock of who waits.
"""

import fcntl
import hashlib
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress

from framesift.actions.files.cache_folder import cache_folder
from framesift.errors import FramesiftError, ResultsInUse
from framesift.stores import Changed, Missing, Store, explained, trying_again

BEAT = 5.0
PATIENCE = 20.0
_LOOKS = 4
_MOST = 1 << 16


class Lease:
    """The right to write below one URL. Used by one run; a thread of its own keeps it."""

    def __init__(self, store: Store, path: str, url: str, pause: Callable[[float], object] = time.sleep) -> None:
        self._store, self._path, self._url = store, path, url
        self._pause = pause
        self._token = uuid.uuid4().hex
        self._beats = 0
        self._etag = ""
        self._lost = False
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether it has been taken."""
        return bool(self._etag)

    def take(self) -> None:
        """Take it, from a run that is dead too. Raises ResultsInUse, and what a store raises."""
        self._host = self._lock_here()
        with explained(self._url):
            while not self._try_to_take():
                continue
        self._thread = threading.Thread(target=self._keep, name="framesift-lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise ResultsInUse where another run has taken it: this one was not heard of for too long."""
        if self._lost:
            raise ResultsInUse("another run has taken over this results folder", self._url)

    def release(self) -> None:
        """Give it back, if it can be: it does not matter to the next run on this machine."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        try:
            with suppress(FramesiftError, Missing), explained(self._url), trying_again(2):
                if self.held and not self._lost and self._look()[0] == self._etag:
                    self._store.delete([self._path])
        finally:
            self._etag = ""
            if self._descriptor is not None:
                descriptor, self._descriptor = self._descriptor, None
                os.close(descriptor)

    def _try_to_take(self) -> bool:
        if self._store.create(self._path, self._text()):
            self._etag = self._store.etag(self._path)
            return True
        try:
            etag, holder = self._look()
            if holder.get("token") != self._token and (not self._host or holder.get("host") != self._host):
                self._wait_for_end(etag)
            self._etag = self._store.replace(self._path, self._text(), etag)
        except (Missing, Changed):
            return False  # given back, or taken by a third run in this moment
        return True

    def _wait_for_end(self, etag: str) -> None:
        for _ in range(_LOOKS):
            self._pause(PATIENCE / _LOOKS)
            if self._look()[0] != etag:
                raise ResultsInUse("another run is using this results folder", self._url)

    def _look(self) -> tuple[str, dict[str, object]]:
        with explained(self._url):
            content, status = self._store.read(self._path, self._url, _MOST)
        try:
            return status.etag, dict(json.loads(content))
        except ValueError:
            return status.etag, {}

    def _keep(self) -> None:
        with trying_again(0):
            while not self._ended.wait(BEAT):
                self.beat()

    def beat(self) -> None:
        """Show that this run lives. A store that does not answer is asked again at the next beat."""
        self._beats += 1
        try:
            self._etag = self._store.replace(self._path, self._text(), self._etag)
        except (Changed, Missing):
            self._find_out()
        except Exception:  # whatever this is, `check` and the writing of results come across it too
            return

    def _find_out(self) -> None:
        """Tell a beat of ours whose answer was lost from another run."""
        with suppress(FramesiftError):
            try:
                etag, holder = self._look()
            except Missing:
                etag, holder = "", {}
            self._lost = holder.get("token") != self._token
            self._etag = etag

    def _text(self) -> bytes:
        return json.dumps({"host": self._host, "token": self._token, "beat": self._beats}).encode("ascii")

    def _lock_here(self) -> str:
        """Take the lock of this machine; return the name of where it counts, empty where there can be none."""
        folder = os.path.join(cache_folder(), "locks")
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            path = os.path.join(folder, hashlib.sha256(self._url.encode("utf-8", "surrogateescape")).hexdigest())
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return ""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ResultsInUse("another run is using this results folder", self._url) from None
        except OSError:
            return ""
        status = os.fstat(self._descriptor)
        return f"{socket.gethostname()} {status.st_dev} {status.st_ino}"
