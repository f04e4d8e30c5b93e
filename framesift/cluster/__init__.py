"""Dask clusters behind the executors of `concurrent.futures`. Nothing else knows of Dask."""

from framesift.cluster.executor import LOST, PARTS, Cluster, WorkersLost, find_worker, submit_near
from framesift.cluster.fitness import note_unreached
from framesift.cluster.opening import LOCAL, open_cluster

__all__ = [
    "LOCAL",
    "LOST",
    "PARTS",
    "Cluster",
    "WorkersLost",
    "find_worker",
    "mapping",
    "note_unreached",
    "open_cluster",
    "parallel",
    "submit_near",
]
