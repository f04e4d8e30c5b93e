"""The socket on which the review listens."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("uvicorn", reason="needs the extra: pip install '.[web]'")

from framesift.errors import UsageError
from framesift.web.serving import listen


def test_a_port_that_is_taken_is_told_with_the_way_out():
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of 127.0.0.1 cannot be had: .*; without --port one that is"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_small_answers_are_sent_at_once(host):
    """Else each waits 40 ms for the browser to acknowledge the one before."""
    try:
        listening = listen(host, 0)
    except UsageError:
        pytest.skip(f"this machine has no {host}")

    async def ask() -> int:
        delayed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            delayed.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(answer, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname()[:2])
            writer.close()
            return await delayed

    with ThreadPoolExecutor(1) as own:  # a browser of other tests has its loop in this thread
        assert own.submit(lambda: asyncio.run(ask())).result() == 1
