"""Stores: where files lie that are no files of this machine. Nothing of fsspec is imported before a URL is met."""

from framesift import give_on_use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.stores.objects import Changed, Entry, Missing, ObjectStat
    from framesift.stores.opening import (
        ask_anew,
        explained,
        fetch_object,
        is_folder,
        open_store,
        open_window,
        read_start,
        scan_place,
    )
    from framesift.stores.retrying import trying_again
    from framesift.stores.store import Store
    from framesift.stores.urls import (
        is_file_name,
        is_same_place,
        is_url,
        is_writable,
        join,
        locate,
        name_of,
        strip_secrets,
    )
else:
    __getattr__ = give_on_use(
        __name__,
        {
            "objects": ("Changed", "Entry", "Missing", "ObjectStat"),
            "opening": (
                "ask_anew",
                "explained",
                "fetch_object",
                "is_folder",
                "open_store",
                "open_window",
                "read_start",
                "scan_place",
            ),
            "retrying": ("trying_again",),
            "store": ("Store",),
            "urls": (
                "is_file_name",
                "is_same_place",
                "is_url",
                "is_writable",
                "join",
                "locate",
                "name_of",
                "strip_secrets",
            ),
        },
    )

__all__ = [
    "Changed",
    "Entry",
    "Missing",
    "ObjectStat",
    "Store",
    "ask_anew",
    "explained",
    "fetch_object",
    "is_file_name",
    "is_folder",
    "is_same_place",
    "is_url",
    "is_writable",
    "join",
    "locate",
    "name_of",
    "open_store",
    "open_window",
    "read_start",
    "scan_place",
    "strip_secrets",
    "trying_again",
]
