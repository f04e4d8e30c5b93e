"""Single files: new ones that appear whole, pages that are replaced, tables people fill in, and where caches lie."""

__all__ = [
    "access",
    "cache_folder",
    "outputs",
    "placing",
    "renewing",
    "staging",
    "tables",
]
