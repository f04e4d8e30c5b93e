"""What belongs to files of a plan and lies beside the root, where nothing is touched: it would be left behind."""

import os

from framesift.actions.plan import Plan
from framesift.errors import counted, show
from framesift.frames.companions import Companions

_HIGHEST = 2
"""So many folders up labels are looked for: those of `images/train` lie in `labels/train`."""


def describe_outside(plan: Plan) -> str:
    """Say in one line how many labels of what is to go lie outside of the root, and what takes them along.

    Empty where there are none.
    """
    above, below = plan.root, ""
    for _ in range(_HIGHEST):
        above, name = os.path.split(above)
        below = f"{name}/{below}"
        companions, going = Companions(above), {below + step.path for step in plan.steps}
        found = {each for path in going for each in companions.of(path) if not each.path.startswith(below)}
        if outside := [each.path for each in found if name and going.issuperset(each.owners)]:
            place = os.path.join(above, os.path.commonpath(map(os.path.dirname, outside)))
            where = f"{counted(len(outside), 'label')} in {show(place)}, outside of {show(plan.root)}"
            return f"left behind: {where}; name {show(above)} to take them along"
    return ""
