"""How long it takes to list very many keys of an S3 store, in order, and in how much memory.

    python -m benchmarks.speed.listing_store COUNT

The store is played, in another process: it answers a request for a page of 1,000 keys at once, so that only our own
work and that of the S3 library is measured. Prints processor seconds and the most memory of this process.
"""

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from urllib.parse import parse_qs, urlsplit

from benchmarks.speed.listing import list_names

PAGE = 1000
_TIME = "2021-03-27T12:53:37.000Z"


def write_page(names: list[str], start: int) -> Iterator[str]:
    """The answer to ListObjectsV2 from the key number `start` on."""
    yield '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>cameras</Name>'
    for name in names[start : start + PAGE]:
        yield (
            f"<Contents><Key>{name}</Key><LastModified>{_TIME}</LastModified><ETag>&quot;1&quot;</ETag>"
            "<Size>9</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
    more = start + PAGE < len(names)
    token = f"<NextContinuationToken>{start + PAGE}</NextContinuationToken>" if more else ""
    yield f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{token}</ListBucketResult>"


def answer(count: int, port: Connection) -> None:
    """Be the store, until this process is ended."""
    names = list(list_names(count))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            content = "".join(write_page(names, int(query.get("continuation-token", ["0"])[0]))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_port)
    server.serve_forever()


def main(count: int) -> None:
    """Start the store, list it, and print what that took."""
    here, there = multiprocessing.Pipe()
    store = multiprocessing.get_context("spawn").Process(target=answer, args=(count, there), daemon=True)
    store.start()
    os.environ |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{here.recv()}", "FSSPEC_S3_ANON": "true"}
    from framesift.frames.finding import Listing, find_frames, walk_frames

    for what in ("walked", "listed in order"):
        start = time.process_time()
        if what == "walked":
            found = sum(1 for _ in walk_frames("s3://cameras", None, Listing()))
        else:
            found = len(find_frames("s3://cameras").frames)
        seconds = time.process_time() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(f"{found} keys {what}: {seconds:.1f} s of processor time, {memory:.0f} MB", flush=True)
    store.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]))
