"""JSON as text: strict reading, and where everything stands, so that a part can go and the rest stays as it was.

Numbers, escapes, order, indentation and line endings that nobody asked to change are never written anew.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'[ \t\r\n]*(?P<token>"[^"\\]*(?:\\.[^"\\]*)*"|[][{},:]|[^]\[{},:"\s]+)', re.DOTALL)


@dataclass(slots=True)
class Node:
    """A value and its place in the text."""

    start: int
    end: int
    text: str
    """The value as written; of an object or a list only its opening bracket."""
    children: list["Node"] = field(default_factory=list)
    """Of a list its elements; of an object its keys and values in turn."""

    @property
    def string(self) -> str | None:
        """The value of a string; None for anything else."""
        return str(json.loads(self.text)) if self.text.startswith('"') else None

    def members(self) -> Iterator[tuple["Node", "Node"]]:
        """Yield the keys and values of an object."""
        return zip(self.children[::2], self.children[1::2], strict=True) if self.text == "{" else iter(())


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the text and what stands there instead."""

    start: int
    end: int
    text: str = ""


def read_strictly(text: str) -> Any:
    """Return the value of a JSON text. Raises ValueError with a reason, also for what would not survive rewriting."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error}") from None


def outline(text: str) -> Node:
    """Return the top value of a text that `read_strictly` has read. A stack and not a recursion."""
    top = Node(0, len(text), "[")
    stack = [top]
    for match in _TOKEN.finditer(text):
        token = match["token"]
        if token in ",:":
            continue
        if token in "]}":
            stack.pop().end = match.end("token")
            continue
        node = Node(match.start("token"), match.end("token"), token)
        stack[-1].children.append(node)
        if token in "[{":
            stack.append(node)
    return top.children[0]


def cut(spans: Sequence[tuple[int, int]], doomed: Sequence[bool], inside: tuple[int, int]) -> Iterator[Edit]:
    """Yield the edits that take elements out of a list or object, each with one of the commas beside it.

    `spans` are the places of all elements, `inside` that of what stands between the brackets.
    """
    if all(doomed):
        yield Edit(*inside)
        return
    first = doomed.index(False)
    if first > 0:
        yield Edit(spans[0][0], spans[first][0])
    for number in range(first + 1, len(spans)):
        if doomed[number]:
            yield Edit(spans[number - 1][1], spans[number][1])


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with the edits made. None may lie within another."""
    parts, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("has a key twice in one object: rewriting would lose one")
    return dict(pairs)


def _refuse(constant: str) -> None:
    raise ValueError(f"has {constant}, which is not JSON")
