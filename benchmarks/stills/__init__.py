"""Rendered stills of outdoor places, minutes apart over several days, with the truth of every frame.

Where `benchmarks.scenes` lights a parking deck by look-up tables, a place here is lit anew in each frame: the sun
moves and throws the shadows of all that stands there, clouds take it away, the sky tints what the sun does not reach,
lamps go on at dusk, the camera exposes anew. None of this is an object: only cars, persons, machines and goods are.

A place (`places`) is faces and ground; what the lens sees of them in each px lies in a buffer (`buffer`), which is
drawn once for each place; a frame (`rendering`) lays the objects into it, casts shadows (`shadows`), lights it by the
hour and the weather (`sky`), and takes the picture (`exposure`). `scenes` has them all; `python -m benchmarks.stills
OUT` writes them as files.
"""

from benchmarks.stills.scenes import STILLS, Stills

__all__ = ["STILLS", "Stills"]
