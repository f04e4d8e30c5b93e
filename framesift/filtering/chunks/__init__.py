"""Cameras walked on the workers of a cluster, in chunks: what a worker does, and who decides what is walked next."""

from framesift.filtering.chunks.camera import Cost
from framesift.filtering.chunks.dispatch import Dispatch

__all__ = ["Cost", "Dispatch"]
