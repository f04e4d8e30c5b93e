"""Single files: new ones that appear whole, pages that are replaced, tables that people have filled in."""

__all__ = [
    "outputs",
    "tables",
]
