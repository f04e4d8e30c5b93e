"""Folders of persons with near-duplicates, drawn; and what must still be true of them after the load."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

SIZE = (320, 240)
VERSIONS = 3
"""Of each picture: as it is, darker, and at a lower quality."""


def draw_people(root: Path, persons: int, pictures: int, seed: int = 1) -> dict[str, str]:
    """Make the folders; return the SHA-256 of each file by its path below `root`."""
    random, digests = np.random.default_rng(seed), dict[str, str]()
    for person in range(1, persons + 1):
        folder = root / f"PERSON-{person:04}"
        folder.mkdir(parents=True)
        for picture in range(pictures):
            rough = random.integers(0, 256, (9, 12, 3), np.uint8)
            image = cv2.resize(rough, SIZE, interpolation=cv2.INTER_CUBIC)
            for version in range(VERSIONS):
                shown = cv2.convertScaleAbs(image, alpha=1 - 0.02 * version)
                content = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 90 - 10 * version])[1].tobytes()
                path = folder / f"{picture:02}_{version}.jpg"
                path.write_bytes(content)
                digests[str(path.relative_to(root))] = hashlib.sha256(content).hexdigest()
    return digests


def find_losses(root: Path, output: Path, digests: dict[str, str]) -> list[str]:
    """Return what is wrong: a file that is not once there with its bytes, or that was moved while it was moved."""
    places = Counter[str]()
    wrong = []
    backups = sorted((output / "duplicates_backup").glob("*/*"))
    for path, digest in digests.items():
        person = path.split("/")[0]
        name = path.split("/")[1]
        candidates = [root / path, *(backup / name for backup in backups if backup.parent.name == person)]
        held = [place for place in candidates if place.is_file()]
        places[path] = len(held)
        if len(held) != 1 or hashlib.sha256(held[0].read_bytes()).hexdigest() != digest:
            wrong.append(f"{path}: in {len(held)} places")
    return wrong + _find_double_moves(backups)


def _find_double_moves(backups: list[Path]) -> list[str]:
    wrong = []
    for backup in backups:
        states = dict[str, str]()
        for line in (backup / "journal.jsonl").read_text().splitlines()[1:]:
            entry = json.loads(line)
            stored, event = entry["stored"], entry["event"]
            if event == "moved" and states.get(stored) == "moved":
                wrong.append(f"{backup.parent.name}/{stored}: moved twice")
            states[stored] = event
    return wrong
