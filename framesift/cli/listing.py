"""What a command lists: on standard output, or as a new file."""

import sys

from framesift.errors import show


def write_listing(content: bytes, output: str | None) -> None:
    """Write UTF-8 text to a new file, or print it. Raises UsageError where the file exists, StorageError."""
    from framesift.actions.files.outputs import create_output

    if output is None:
        sys.stdout.write(content.decode().replace("\r\n", "\n") if sys.stdout.isatty() else content.decode())
        return
    with create_output(output) as file:
        file.write(content)
    print(show(output))
