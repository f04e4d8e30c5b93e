"""The `metadata.json` beside pictures: what stands there of files that go, and come back."""
