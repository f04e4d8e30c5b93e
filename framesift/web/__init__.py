"""Pages of this machine for its own browser."""
