"""The record of faults in a results folder: a line of JSON for each fault as it begins, and one once it is over."""

import json
import os

from framesift.actions import storage_errors, sync_folder, write_all
from framesift.filtering.health.fault import Fault
from framesift.filtering.health.health import Health
from framesift.filtering.manifest_file import whole_length
from framesift.stores import is_url

NAME = "health.jsonl"


def record_faults(health: Health, folder: str) -> None:
    """Have all faults recorded in a results folder of this machine. A store cannot be appended to: it has no record."""
    if not is_url(folder):
        health.listeners.append(_Record(os.path.join(folder, NAME)).add)


class _Record:
    """Opened for each line: there are few, and it is there from the first on."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._begun = False

    def add(self, fault: Fault) -> None:
        """Append a line and sync it. Raises StorageError."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with storage_errors(self._path):
            descriptor = os.open(self._path, flags, 0o666)
            try:
                if not self._begun:
                    os.ftruncate(descriptor, whole_length(self._path))  # what a crash left half-written
                write_all(descriptor, json.dumps(fault.as_json()).encode("ascii") + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        if not self._begun:
            sync_folder(os.path.dirname(self._path))
        self._begun = True
