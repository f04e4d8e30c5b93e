"""One scene, one method: labels on the kept frames, carried over, held against the truth."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from benchmarks.labels.scenes import Seen, Truth
from framesift import carry_labels, filter_frames
from framesift.filtering.selection import Verdict

OVERLAP: Final = 0.8
STILL_SEEN: Final = 0.75
Box = tuple[float, float, float, float]


@dataclass
class Tally:
    """Counts; they add up."""

    dropped: int = 0
    """Frames."""
    fitting: int = 0
    """Labels of kept frames that fit a dropped one."""
    unfit: int = 0
    """Labels of kept frames that do not: what copying all of them would get wrong."""
    carried: int = 0
    """Labels that were carried over as certain."""
    wrong: int = 0
    """Of these, those that do not fit."""
    certain: int = 0
    """Dropped frames with nothing to check."""
    missing: int = 0
    """Of these, those that show something which no label says."""

    def __iadd__(self, other: "Tally") -> "Tally":
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self


def measure_scene(folder: Path, truth: Truth, method: str, work: Path) -> Tally:
    """Filter, label, carry over, compare. `work` is an empty folder."""
    decisions = list(filter_frames(folder, work / "results", method=method))
    kept = [d.frame.path for d in decisions if d.verdict is Verdict.KEEP]
    (work / "kept.json").write_text(json.dumps(write_coco(kept, truth)))
    carry_labels(work / "results", work / "kept.json", work / "labels")
    certain = read_coco(json.loads((work / "labels" / "certain" / "kept.json").read_text()))
    states = {
        line.split(",")[0]: line.split(",")[3] for line in (work / "labels" / "frames.csv").read_text().splitlines()[1:]
    }
    tally = Tally()
    for decision in decisions:
        if decision.verdict is Verdict.DROP and decision.reference is not None:
            path = decision.frame.path
            tally += judge(truth[decision.reference], truth[path], certain.get(path, {}), states[path] == "certain")
    return tally


def judge(before: dict[int, Seen], after: dict[int, Seen], carried: dict[int, Box], certain: bool) -> Tally:
    """Count what became of one dropped frame; `carried` has boxes by the ids of their objects."""
    labelled = {number for number, seen in before.items() if seen.is_labelled}
    fit = {number for number in labelled if fits(before[number], after.get(number))}
    unlabelled = {number for number, seen in after.items() if seen.is_labelled} - labelled
    return Tally(
        1, len(fit), len(labelled - fit), len(carried), len(carried.keys() - fit), certain, certain and bool(unlabelled)
    )


def fits(before: Seen, after: Seen | None) -> bool:
    """Tell whether the box of an object is right for another frame."""
    return after is not None and overlap(before.box, after.box) >= OVERLAP and after.area >= STILL_SEEN * before.area


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def write_coco(paths: Iterable[str], truth: Truth) -> dict[str, Any]:
    """The labels of some frames."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, path in enumerate(paths, start=1):
        images.append({"id": number, "file_name": path, "width": 640, "height": 480})
        for thing, seen in truth[path].items():
            if seen.is_labelled:
                label = {"id": len(annotations) + 1, "image_id": number, "category_id": 1, "bbox": list(seen.box)}
                annotations.append(label | {"area": seen.area, "iscrowd": 0, "attributes": {"object": thing}})
    return {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "thing"}]}


def read_coco(data: dict[str, Any]) -> dict[str, dict[int, Box]]:
    """The boxes of each picture, by the ids of their objects."""
    names = {image["id"]: image["file_name"] for image in data["images"]}
    found: defaultdict[str, dict[int, Box]] = defaultdict(dict)
    for annotation in data["annotations"]:
        found[names[annotation["image_id"]]][annotation["attributes"]["object"]] = tuple(annotation["bbox"])
    return found
