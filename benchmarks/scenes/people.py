"""Walking persons. Facing +x, feet on z = 0, 1.75 m tall; `stride` from -1 to 1 says how far the right leg is ahead."""

from functools import cache

from benchmarks.scenes.meshes import Face, Point, limb


def leg(side: float, stride: float) -> list[Face]:
    """Trousers and shoe; the leg behind is bent at the knee."""
    reach = 0.34 * stride
    lift = 0.10 if stride < -0.3 else 0.0
    hip: Point = (0.0, 0.10 * side, 0.92)
    knee: Point = (0.55 * reach + 0.05, 0.10 * side, 0.50)
    ankle: Point = (reach, 0.09 * side, 0.09 + lift)
    shoe: list[tuple[Point, float, float]] = [
        ((ankle[0] + 0.06, ankle[1], lift), 0.14, 0.05),
        ((ankle[0] + 0.04, ankle[1], 0.09 + lift), 0.09, 0.045),
    ]
    rings: list[tuple[Point, float, float]] = [(ankle, 0.055, 0.055), (knee, 0.075, 0.07), (hip, 0.11, 0.10)]
    return [*limb(shoe, "shoe"), *limb(rings, "trousers")]


def arm(side: float, stride: float) -> list[Face]:
    """Sleeve and hand, swinging against the leg of its side."""
    reach = -0.26 * stride
    shoulder: Point = (0.0, 0.22 * side, 1.44)
    elbow: Point = (0.5 * reach - 0.03, 0.26 * side, 1.15)
    wrist: Point = (reach + 0.05, 0.25 * side, 0.90)
    hand: Point = (reach + 0.06, 0.25 * side, 0.80)
    sleeve: list[tuple[Point, float, float]] = [(wrist, 0.045, 0.045), (elbow, 0.055, 0.05), (shoulder, 0.07, 0.065)]
    return [*limb([(hand, 0.035, 0.03), (wrist, 0.04, 0.035)], "skin"), *limb(sleeve, "coat")]


@cache
def build_person(stride: float) -> tuple[Face, ...]:
    """The faces of a person in the middle of a step."""
    torso: list[tuple[Point, float, float]] = [
        ((0.0, 0.0, 0.82), 0.14, 0.19), ((0.0, 0.0, 1.05), 0.12, 0.17), ((0.01, 0.0, 1.32), 0.14, 0.22),
        ((0.0, 0.0, 1.46), 0.10, 0.20), ((0.0, 0.0, 1.50), 0.06, 0.08),
    ]  # fmt: skip
    head: list[tuple[Point, float, float]] = [
        ((0.02, 0.0, 1.48), 0.05, 0.05), ((0.03, 0.0, 1.56), 0.09, 0.07), ((0.02, 0.0, 1.66), 0.10, 0.085),
    ]  # fmt: skip
    hair: list[tuple[Point, float, float]] = [
        ((0.0, 0.0, 1.64), 0.11, 0.09), ((0.0, 0.0, 1.71), 0.09, 0.075), ((0.0, 0.0, 1.75), 0.04, 0.04),
    ]  # fmt: skip
    parts = [limb(torso, "coat"), limb(head, "skin"), limb(hair, "hair")]
    for side, ahead in ((1.0, -stride), (-1.0, stride)):
        parts += [leg(side, ahead), arm(side, ahead)]
    return tuple(f for part in parts for f in part)
