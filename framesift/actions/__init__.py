"""The one door to the disk: placing new files, and removing others by plan to a backup that gives them back."""

from framesift import give_on_use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.actions.backup.crossing import describe_crossing
    from framesift.actions.backup.emptying import count_backup, empty_backup
    from framesift.actions.backup.outcome import Outcome
    from framesift.actions.backup.outside import describe_outside
    from framesift.actions.backup.removal import apply_plan, check_backup
    from framesift.actions.backup.restoring import find_place_to_name, undo
    from framesift.actions.backup.verifying import list_backup, verify_backup, verify_copy
    from framesift.actions.files.placing import Copy, Link, place_files, storage_errors, sync_folder, write_all
    from framesift.actions.marks import can_mark, is_mark, make_mark
    from framesift.actions.metadata.files import update_metadata
    from framesift.actions.plan import (
        FileStat,
        Plan,
        Step,
        decode_plan,
        encode_plan,
        plan_removal,
        read_plan,
        write_plan,
    )
    from framesift.actions.sealing import seal_plan
else:
    __getattr__ = give_on_use(
        __name__,
        {
            "backup.crossing": ("describe_crossing",),
            "backup.outside": ("describe_outside",),
            "backup.emptying": ("count_backup", "empty_backup"),
            "backup.outcome": ("Outcome",),
            "backup.removal": ("apply_plan", "check_backup"),
            "backup.restoring": ("find_place_to_name", "undo"),
            "backup.verifying": ("list_backup", "verify_backup", "verify_copy"),
            "files.placing": ("Copy", "Link", "place_files", "storage_errors", "sync_folder", "write_all"),
            "marks": ("can_mark", "is_mark", "make_mark"),
            "metadata.files": ("update_metadata",),
            "plan": (
                "FileStat",
                "Plan",
                "Step",
                "decode_plan",
                "encode_plan",
                "plan_removal",
                "read_plan",
                "write_plan",
            ),
            "sealing": ("seal_plan",),
        },
    )

__all__ = [
    "Copy",
    "FileStat",
    "Link",
    "Outcome",
    "Plan",
    "Step",
    "apply_plan",
    "can_mark",
    "check_backup",
    "count_backup",
    "decode_plan",
    "describe_crossing",
    "describe_outside",
    "empty_backup",
    "encode_plan",
    "find_place_to_name",
    "is_mark",
    "list_backup",
    "make_mark",
    "place_files",
    "plan_removal",
    "read_plan",
    "seal_plan",
    "storage_errors",
    "sync_folder",
    "undo",
    "update_metadata",
    "verify_backup",
    "verify_copy",
    "write_all",
    "write_plan",
]
