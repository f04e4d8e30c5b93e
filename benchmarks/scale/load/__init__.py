"""The review server under load: many clients that look, search, remove and undo at the same time."""
