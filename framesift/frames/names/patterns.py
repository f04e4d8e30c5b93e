"""Regular expressions of the user that read names."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from framesift.errors import UsageError


class Found(Protocol):
    """What of `re.Match` is asked for."""

    @property
    def string(self) -> str: ...
    def groupdict(self) -> dict[str, Any]: ...
    def span(self, group: str, /) -> tuple[int, int]: ...


class Expression(Protocol):
    """What of `re.Pattern` is asked for."""

    @property
    def pattern(self) -> str: ...
    @property
    def groupindex(self) -> Mapping[str, int]: ...
    def search(self, string: str, /) -> Found | None: ...


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression of `--name-pattern`. Raises UsageError for one that cannot be used."""
    try:
        expression = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"--name-pattern {pattern!r} is not a regular expression: {error}") from None
    if not {"camera", "time"} & expression.groupindex.keys():
        raise UsageError(f"--name-pattern {pattern!r} has neither a group (?P<camera>...) nor (?P<time>...)")
    return expression
