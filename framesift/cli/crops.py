"""`framesift export --crops`: what changed in each kept frame, cut out."""

import argparse
import os
import sys

from framesift.cli.options import DONE, SKIPPED
from framesift.errors import counted, show


def crops_command(options: argparse.Namespace) -> int:
    """Cut the crops out and say what they save."""
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.filtering.places import borrow_record
    from framesift.looking.crops import TABLE, write_crops

    with borrow_record(options.results, options.source) as record, open_bar(stage="crops") as bar:
        saving = write_crops(record, options.crops, options.jobs, follow_steps(bar))
    for path, reason in saving.unread:
        print(f"{show(path)}: no crop of it: {reason}", file=sys.stderr)
    all_px = max(saving.frame_px, 1)
    print(f"{counted(saving.frames, 'frame')}: {saving.frame_px / 1e6:.1f} Mpx")
    print(f"kept, {saving.kept}: {saving.kept_px / 1e6:.1f} Mpx, {100 * saving.kept_px / all_px:.0f} %")
    share = f"{100 * saving.crop_px / all_px:.0f} %"
    print(f"{counted(saving.crops, 'crop')}: {saving.crop_px / 1e6:.1f} Mpx, {share}, listed in", end=" ")
    print(show(os.path.join(options.crops, TABLE)))
    return SKIPPED if saving.unread else DONE
