"""Nothing but reading and decoding every frame in colour, on a number of threads: what no frame filter gets below.

    python decoding_alone.py FRAMES THREADS

Memory is kept as main.py keeps it. To give it back after every frame takes up to as long as to decode one.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from framesift.cli.memory import reuse_memory


def decode(path: Path) -> bool:
    """Decode one frame; whether there was one."""
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR) is not None


def main(frames: Path, threads: int) -> None:
    """Decode all frames. OpenCV's own threads are off: they would fight with ours for the cores."""
    reuse_memory()
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(threads) as pool:
        print(sum(pool.map(decode, sorted(frames.iterdir()))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
