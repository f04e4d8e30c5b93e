"""What `framesift duplicates` says of what it has found."""

import argparse
import os
import sys

from framesift.cli.terminal import format_bytes
from framesift.errors import counted, pip_install, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from typing import Any

    from framesift.duplicates import Findings, Group, Member


def lines_of(group: "Group", findings: "Findings") -> list[str]:
    """Return a group as people read it."""
    lines = [f"keep    {show_path(group.keeper.path, findings)}  ({group.reason})"]
    for member in group.members:
        path = member.item.path
        turn = "" if (how := str(member.turn)) == "as it is" else f"  ({how})"
        turn += f"  ({member.part})" if member.part else ""
        lines.append(f"  {100 * member.similarity:5.1f}%  {show_path(path, findings)}{turn}")
        lines += [f"          {show_path(name, findings)}  (the same file)" for name in findings.names.get(path, ())]
    return [*lines, ""]


def show_path(path: str, findings: "Findings") -> str:
    """Return a path as it stands in the list: below the folder, or where several are searched, from here or the top."""
    if len(findings.folders) > 1:
        here, path = os.path.join(os.getcwd(), ""), os.path.join(findings.directory, path)
        path = path.removeprefix(here)
    return show(path)


def full_path(path: str, options: argparse.Namespace, findings: "Findings") -> str:
    """Return a path of the findings as the user would write it."""
    return os.path.join(options.directories[0] if len(findings.folders) == 1 else findings.directory, path)


def tell_links(findings: "Findings", options: argparse.Namespace) -> None:
    """Name the symbolic links that lead to what is moved away, or would be: nothing else says that they end."""
    for item in findings.surplus:
        for link in findings.links.get(item.path, ()):
            goes = "which goes" if options.remove_to else "which could go"
            reason = f"is a link to {show_path(item.path, findings)}, {goes}: it leads nowhere then"
            print(f"{show(full_path(link, options, findings))}: {reason}", file=sys.stderr)


def tell_unheard(findings: "Findings") -> None:
    """Say that films were left alone since nothing here can compare their sound, and what can."""
    if unheard := len(findings.videos.unheard):
        looks = "video looks" if unheard == 1 else "videos look"
        reason = (
            "stays: to compare sound and subtitles too,"
            if unheard == 1
            else "stay: to compare sound and subtitles too,"
        )
        print(f"{unheard} {looks} like another and {reason} {pip_install('films')}", file=sys.stderr)


def total_of(findings: "Findings") -> str:
    """Return in one line what it comes to."""
    surplus, images, videos = findings.surplus, len(findings.inventory.items), len(findings.videos.items)
    size = sum(item.file_size for item in surplus if item.path not in findings.shared)
    shared = sum(item.path in findings.shared for item in surplus)
    number = len(surplus) + sum(len(findings.names.get(item.path, ())) for item in surplus)
    has = "has" if shared == 1 else "have"
    along = len(findings.surplus_companions)
    with_them = f" with {counted(along, 'companion file')}" if along else ""
    note = f"; {shared} of them {has} other names (hard links) elsewhere, which frees nothing" if shared else ""
    return (
        f"{counted(images, 'image')}, {counted(videos, 'video') + ', ' if videos else ''}"
        f"{counted(len(findings.groups), 'group')}, "
        f"{counted(number, 'file')} could go ({format_bytes(size)}{note}){with_them}, {len(findings.skipped)} skipped"
    )


def as_json(findings: "Findings") -> "dict[str, Any]":
    """Return the findings as `--json` has them."""
    groups = [
        {
            "keeper": group.keeper.path,
            "reason": group.reason,
            "members": [_describe_member(member, findings) for member in group.members],
        }
        for group in findings.groups
    ]
    skipped = [{"path": each.path, "reason": each.reason} for each in findings.skipped]
    unlisted = [{"path": each.path, "reason": each.reason} for each in findings.unlisted]
    images, videos = len(findings.inventory.items), len(findings.videos.items)
    answer = {"groups": groups, "images": images, "videos": videos, "skipped": skipped, "unlisted": unlisted}
    answer |= {"not_looked_at": not_looked_at} if (not_looked_at := findings.left_out.as_json()) else {}
    return {"root": findings.directory, **answer} if len(findings.folders) > 1 else answer


def _describe_member(member: "Member", findings: "Findings") -> "dict[str, Any]":
    path = member.item.path
    more = {
        "names": findings.names.get(path),
        "links": findings.links.get(path),
        "frees_nothing": path in findings.shared,
        "turned": member.turn.degrees,
        "mirrored": member.turn.mirrored,
    }
    described: dict[str, Any] = {"path": path, "similarity": round(member.similarity, 6), "size": member.item.file_size}
    if part := member.part:
        described |= {"offset_s": part.offset_s, "rectangle": part.rectangle, "picture": part.picture}
    return described | {key: value for key, value in more.items() if value}
