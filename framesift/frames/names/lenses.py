"""Cameras with several lenses: which letter behind a time says the lens, and which one why the film was taken."""

import re

from framesift import compile_on_use

_DASHCAM = compile_on_use(
    r"[-_](?:\d{4}|\d{6})P?(?P<counted>[FRIOTAB])"  # VIOFO, 70mai
    r"|[-_]\d{4}[-_][NEPM][-_](?P<apart>[A-D])",  # Vantrue
    re.ASCII,
)
_APART = compile_on_use(r"[-_](?P<lens>[FRIO])", re.ASCII)
_BLACKVUE = compile_on_use(r"[-_][NEPM](?P<lens>[FRIO])[LS]?", re.ASCII)
_DASHCAM_EVENT = compile_on_use(r"(?:NO|EV|PA|LA|REC|EVT|EMR|NOR|PRK|FILE|LOCK|PARK|EVENT|MOVIE)?[-_]?", re.ASCII)
_DRONE = compile_on_use(r"[-_]\d{4}[-_](?P<lens>[A-CE-Z])(?:[-_].*)?", re.ASCII)
"""`D` is the one lens of those that have no other."""
_SECURITY_SPY = compile_on_use(r"\ [MC]\ (?P<camera>\S.*)", re.ASCII)


def read_lens(before: str, behind: str) -> str:
    """Return the camera that stands around a time as makers of dashcams, drones and SecuritySpy write it, else nothing.

    `_NF` and `_EF`, `_0001F` and `_0001PF`, `_0001_N_A` are of `F` or `A`; ` M Door` and ` C Door` of `Door`.
    """
    if match := _DASHCAM.fullmatch(behind):
        lens = match["counted"] or match["apart"]
        return lens if _DASHCAM_EVENT.fullmatch(before) else f"{before.rstrip('-_ ')}_{lens}"
    if before and _DASHCAM_EVENT.fullmatch(before) and (match := _APART.fullmatch(behind)):
        return match["lens"]
    if before in ("DJI_", "DJI-") and (match := _DRONE.fullmatch(behind)):
        return f"DJI_{match['lens']}"
    if before:
        return ""
    if match := _BLACKVUE.fullmatch(behind):
        return match["lens"]
    match = _SECURITY_SPY.fullmatch(behind)
    return match["camera"] if match else ""
