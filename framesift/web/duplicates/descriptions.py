"""Makes the answers of the API of what the review knows."""

from typing import Any

from framesift.duplicates import COMBINED_SIMILARITY, FRAMEDIFF_SCORE, HASH_DISTANCE, Item, Scores, parse_similarity
from framesift.errors import show
from framesift.review import Collection, Image, Request, StoredGroup, Taken, image_id
from framesift.review.duplicates.collections import show_time
from framesift.web.duplicates.answers import COLLECTION


def describe_collection(collection: Collection) -> dict[str, Any]:
    """Return a collection as JSON has it."""
    return {name: getattr(collection, name) for name in COLLECTION}


def describe_image(image: Image) -> dict[str, Any]:
    """Return an image as JSON has it."""
    width, height = image.size or (None, None)
    return {
        "id": image_id(image.name),
        "name": show(image.name),
        "width": width,
        "height": height,
        "bytes": image.bytes,
        "modified": show_time(image.mtime_ns),
    }


def describe_group(group: StoredGroup) -> dict[str, Any]:
    """Return a group as JSON has it."""
    members = [
        {
            **_describe_item(member.item),
            "similarity": _percent(member.similarity),
            "lies": None if (how := str(member.turn)) == "as it is" else how,
            "excluded": member.item.path in group.excluded,
            "within": member.item.path not in group.outside,
        }
        for member in group.group.members
    ]
    return {
        "id": group.id,
        "collection_id": group.collection_id,
        "keeper": _describe_item(group.group.keeper),
        "members": members,
        "reason": group.group.reason,
        "reviewed": group.reviewed,
    }


def describe_scored_group(group: StoredGroup, scores: list[Scores], request: Request) -> dict[str, Any]:
    """Return a group with the scores of its first members as JSON has it."""
    described = describe_group(group)
    for place, member in enumerate(described["members"]):
        member["scores"] = _describe_scores(scores[place], request) if place < len(scores) else None
    return described


def describe_taken(taken: Taken) -> dict[str, Any]:
    """Return a file that a removal took as JSON has it."""
    names = {"name": show(taken.name), "keeper": show(taken.keeper)}
    return {"id": image_id(taken.name), **names, "bytes": taken.bytes, "in_backup": taken.in_backup}


def _describe_scores(scores: Scores, request: Request) -> dict[str, Any]:
    limit = COMBINED_SIMILARITY if request.similarity is None else parse_similarity(request.similarity)
    distance = HASH_DISTANCE if request.distance is None else request.distance
    return {
        "combined": {
            "similarity": _percent(scores.similarity),
            "limit": _percent(limit),
            "hash": _percent(scores.hash_similarity),
            "ssim": _percent(scores.ssim),
            "colours": _percent(scores.colours),
            "near": round(scores.similarity, 9) >= limit,
        },
        "hash": {"distance": scores.distance, "limit": distance, "near": scores.is_confirmed},
        "framediff": {"score": scores.score, "limit": FRAMEDIFF_SCORE, "near": scores.score < FRAMEDIFF_SCORE},
    }


def _describe_item(item: Item) -> dict[str, Any]:
    return describe_image(Image(item.path, item.size, item.file_size, item.mtime_ns))


def _percent(share: float) -> float:
    return round(100 * share, 2)
