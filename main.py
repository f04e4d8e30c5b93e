"""Keeps, out of the frames of fixed cameras, those that show something new.

    python main.py DIR RESULTS [MIN_CONTOUR_AREA] [SCORE_THRESHOLD]

The same as `framesift filter`. How it decides: framesift/filtering/run.py. The image functions: imaging_interview.py.
"""

from framesift.__main__ import run_filter

if __name__ == "__main__":
    run_filter()
