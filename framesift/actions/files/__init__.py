"""Single files: new ones that appear whole, pages that are replaced, tables people fill in, and where caches lie."""

__all__ = [
    "cache_folder",
    "outputs",
    "placing",
    "staging",
    "tables",
]
