"""The manifest of a run, which may have been forged: its lines, and an index of them."""
