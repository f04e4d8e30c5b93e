"""How well and how fast near-duplicates are found: known changes of frames, against neighbours that truly differ."""
