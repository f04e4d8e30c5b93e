"""Near-duplicates below a folder, and which one of each group to keep."""

from framesift.duplicates.exact import is_exact
from framesift.duplicates.folders import Place
from framesift.duplicates.groups import Apart, Group, Item, Member, never_apart
from framesift.duplicates.inventory import Skipped, Watch
from framesift.duplicates.leaks import Leak, Leaks, Searched, find_leaks, search_files
from framesift.duplicates.media_data import check_export, export_media_data
from framesift.duplicates.methods import (
    COMBINED_SIMILARITY,
    FRAMEDIFF_SCORE,
    HASH_DISTANCE,
    Method,
    allow_turns,
    by_combined,
    by_embedding,
    by_framediff,
    by_hash,
    by_identity,
    by_pixels,
    parse_similarity,
)
from framesift.duplicates.preference import FOLDER, Preference
from framesift.duplicates.regrouping import ChangedFile, Scores, compare_with_keeper, measure_scores, split_group
from framesift.duplicates.search import Findings, find_duplicates, plan_groups
from framesift.duplicates.traits import Traits

__all__ = [
    "COMBINED_SIMILARITY",
    "FOLDER",
    "FRAMEDIFF_SCORE",
    "HASH_DISTANCE",
    "Apart",
    "ChangedFile",
    "Findings",
    "Group",
    "Item",
    "Leak",
    "Leaks",
    "Member",
    "Method",
    "Place",
    "Preference",
    "Scores",
    "Searched",
    "Skipped",
    "Traits",
    "Watch",
    "allow_turns",
    "by_combined",
    "by_embedding",
    "by_framediff",
    "by_hash",
    "by_identity",
    "by_pixels",
    "check_export",
    "compare_with_keeper",
    "export_media_data",
    "find_duplicates",
    "find_leaks",
    "is_exact",
    "measure_scores",
    "never_apart",
    "parse_similarity",
    "plan_groups",
    "preference",
    "search_files",
    "split_group",
]
