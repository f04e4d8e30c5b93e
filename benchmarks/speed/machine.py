"""On what it was measured."""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

PACKAGES: Final = ("opencv-python", "opencv-python-headless", "numpy", "simplejpeg", "isal", "pyspng")
"""Those that decide how fast frames are read; where one is installed its version is told."""


def count_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_machine() -> dict[str, object]:
    """Kind of machine, versions, and the load before anything was measured."""
    return {
        "processor": name_processor(),
        "cores": count_cores(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": find_versions(),
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def name_processor() -> str:
    """The model, as Linux names it, with its family where it says one; the architecture elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {key.strip(): value.strip() for key, colon, value in (line.partition(":") for line in lines) if colon}
    name = facts.get("model name", platform.machine())
    family = facts.get("cpu family")
    return f"{name}, family {family} model {facts.get('model')}" if family else name


def find_versions() -> dict[str, str]:
    """Versions of the installed ones of `PACKAGES`."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def tell_machine() -> str:
    """The same as text, two lines."""
    facts = describe_machine()
    versions = ", ".join(f"{name} {version}" for name, version in find_versions().items())
    return (
        f"{facts['cores']} cores of {facts['processor']}, {facts['memory_gib']} GiB, {facts['system']}, "
        f"load average before: {facts['load_average_before']}\n"
        f"Python {facts['python']} ({sys.implementation.name}), {versions}"
    )
