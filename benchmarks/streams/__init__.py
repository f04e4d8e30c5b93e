"""Cameras that stream on the loopback, break and come back: for tests, and to measure a run of some minutes."""
