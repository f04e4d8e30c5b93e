"""The state behind the review pages: collections, searches, removals, runs, and what people have said of them."""

from framesift.review.duplicates.collections import Collection, Image, image_id
from framesift.review.duplicates.removals import Removal, Taken, describe_removal
from framesift.review.duplicates.searches import Request
from framesift.review.duplicates.stored_groups import StoredGroup
from framesift.review.jobs import Job, Progress
from framesift.review.refusals import Conflict, Unknown
from framesift.review.review import Review

__all__ = [
    "Collection",
    "Conflict",
    "Image",
    "Job",
    "Progress",
    "Removal",
    "Request",
    "Review",
    "StoredGroup",
    "Taken",
    "Unknown",
    "describe_removal",
    "image_id",
]
