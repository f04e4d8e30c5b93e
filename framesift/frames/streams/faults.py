"""What goes wrong with a stream, in words of ours: those of the libraries hold its URL."""

SILENCE = 10.0
"""Seconds without a frame after which a stream is broken, and that a server has to answer in."""
NO_STREAM = "sends what is no stream, or broke in the middle"
SILENT = f"no frame for {SILENCE:g} s"


class Broken(Exception):
    """A stream gives no more frames; perhaps it does when it is opened again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Broken):
    """It will not, as it is asked for: the address or the password is wrong, or there is no stream."""


def explain_status(status: int, has_login: bool) -> Broken:
    """Return what the status of an answer that is no stream means, of HTTP or RTSP."""
    if status == 401 and has_login:
        return Refused("user name or password is wrong")
    if status == 401:
        return Refused("asks for a user name and a password: SCHEME://USER:PASSWORD@HOST/PATH")
    if status == 403:
        return Refused("this user may not see it (403)")
    if 300 <= status < 400:
        return Refused(f"has moved to another address ({status}): name that one")
    if status in (404, 410):
        return Refused(f"there is nothing at this path ({status})")
    return Broken(f"answers with status {status}")
