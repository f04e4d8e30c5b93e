"""Pages and API of runs and their decisions."""
