"""SFTP: a connection for each thread that asks, opened anew when it has failed."""

from typing import Any

from framesift.stores.silence import Silence
from framesift.stores.store import Store

SILENCE = 15.0
"""Seconds without a byte after which a connection is given up."""
OPTIONS = {"skip_instance_cache": True, "timeout": SILENCE, "banner_timeout": SILENCE, "auth_timeout": SILENCE}
"""One channel that two threads ask at once gives the answer of the one to the other, which waits for ever."""


class SftpStore(Store):
    """A folder of a machine that is reached by SSH; for one thread."""

    def __init__(self, files: Any, silence: Silence | None = None) -> None:
        super().__init__(files, silence=silence)
        self._limit_silence()

    def renew(self) -> None:
        """What was asked last may still be answered, and would be taken for the answer to what is asked next."""
        self.files.client.close()
        self.files._connect()
        self._limit_silence()

    def _limit_silence(self) -> None:
        self.files.ftp.get_channel().settimeout(SILENCE)
