"""`python -m framesift`: the command `framesift`."""

from framesift.cli import run

if __name__ == "__main__":
    run()
