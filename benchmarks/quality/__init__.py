"""How well frames are chosen: framesift's methods and what a user could pick instead, on frames with exact truth.

The truth of a camera is the distance of any two of its frames (`truth`): the largest region, in share of the frame,
that shows other objects. Light, shadows, rain, leaves, shake and a burnt-in clock are no objects.

A frame is represented when the last frame kept at or before it is at most `TAU` away. From this (`metrics`):

    coverage     share of the frames that are represented; a kept frame represents itself
    keep rate    kept frames / frames
    oracle       the frames kept by the same chain when it is told the truth
    excess       kept frames / oracle; only of cameras where the oracle keeps at least 5 and at most 0.9 of the frames
    false keeps  kept frames, other than the first, that the kept frame before them already represented

No scene and no setting of framesift was chosen by what came out. The others' settings were widened until each method
had one that covers 95 %, where it can.
"""
