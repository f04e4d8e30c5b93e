"""How fast framesift is, measured by whole processes on frames that anyone can make again.

    python -m benchmarks.speed                  main.py against the plain loop, decoding alone, and other programs
    python -m benchmarks.speed.profile          where the time of one frame goes
    python -m benchmarks.speed.scaling          memory, time and start-up as the number of frames grows

Each says with --help what it can be told. `--corpora tiny` tries any of them in seconds.
"""
