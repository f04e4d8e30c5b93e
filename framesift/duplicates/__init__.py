"""Near-duplicates below a folder, and which one of each group to keep."""

from framesift.duplicates.groups import Group, Item, Member
from framesift.duplicates.inventory import Skipped, Watch
from framesift.duplicates.media_data import check_export, export_media_data
from framesift.duplicates.methods import Method, by_combined, by_embedding, by_framediff, by_hash, parse_similarity
from framesift.duplicates.preference import Preference
from framesift.duplicates.search import Findings, find_duplicates

__all__ = [
    "Findings",
    "Group",
    "Item",
    "Member",
    "Method",
    "Preference",
    "Skipped",
    "Watch",
    "by_combined",
    "by_embedding",
    "by_framediff",
    "by_hash",
    "check_export",
    "export_media_data",
    "find_duplicates",
    "parse_similarity",
]
