"""imagededup over a folder of frames: perceptual hashes, and which files it would have removed.

python imagededup_groups.py FRAMES WORKERS REMOVE.json
"""

import sys

from imagededup.methods import PHash  # type: ignore[import-not-found, import-untyped, unused-ignore]

if __name__ == "__main__":
    frames, workers, remove = sys.argv[1:]
    PHash().find_duplicates_to_remove(image_dir=frames, num_enc_workers=int(workers), outfile=remove)
