"""Dask clusters behind the executors of `concurrent.futures`. Nothing else knows of Dask."""

from framesift import give_on_use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.cluster.executor import LOST, PARTS, Cluster, WorkersLost, find_worker, submit_near
    from framesift.cluster.fitness import note_unreached
    from framesift.cluster.opening import LOCAL, open_cluster
else:
    __getattr__ = give_on_use(
        __name__,
        {
            "executor": ("LOST", "PARTS", "Cluster", "WorkersLost", "find_worker", "submit_near"),
            "fitness": ("note_unreached",),
            "opening": ("LOCAL", "open_cluster"),
        },
    )

__all__ = [
    "LOCAL",
    "LOST",
    "PARTS",
    "Cluster",
    "WorkersLost",
    "find_worker",
    "forks",
    "mapping",
    "note_unreached",
    "open_cluster",
    "parallel",
    "submit_near",
]
