"""framesift's own sample frames: parking decks rendered from data, with the truth of every frame.

Nothing here is copied from a camera, so the frames may go wherever the project goes. A scene is data
(`make_deck`), a frame is a pure function of scene, index and size (`render_scene`): the same seed gives the same bytes.

The truth of a frame is `Rendered.labels`, (height, width) uint16: the id of the car or person seen at each px, 0 for
the empty deck; and `Rendered.objects`: box (x, y, width, height) and visible area of each, in px of the rendered
size. Shadows, slow light, noise and the burnt-in clock are not objects. Two frames show something different where their
labels differ.

`images/frames` was made, from the root of the repository, by

    python -m benchmarks.scenes images/frames --cameras 2 --frames 24 --size 640x480 --seed 4 --activity 0.45
"""

from benchmarks.scenes.rendering import Rendered, Truth, render_scene
from benchmarks.scenes.timetable import Appearance, Scene, make_deck

__all__ = ["Appearance", "Rendered", "Scene", "Truth", "make_deck", "render_scene"]
