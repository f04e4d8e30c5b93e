"""The API of folders, their near-duplicates and removals."""
