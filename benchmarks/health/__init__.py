"""How soon faults of cameras are found in rendered scenes, and how often one is found that is none.

Scenes of `benchmarks.quality` and `benchmarks.stills` are drawn somewhat larger than they are looked at (`footage`), so
that a camera can be moved by exact px. A fault (`faults`) is laid over the frames from a random one on, and what
framesift says of them is compared with that (`measuring`).
"""
