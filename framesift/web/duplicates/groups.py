"""The API of searches, groups, and what people say of them."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from framesift.review import Request, Review
from framesift.web.answers import JobAnswer, Page
from framesift.web.bodies import Limit, Offset
from framesift.web.duplicates.answers import GroupAnswer, GroupsSoFar, ScoredGroupAnswer, VerdictAnswer
from framesift.web.duplicates.bodies import GroupBody, NotDuplicatesBody, SearchBody
from framesift.web.duplicates.descriptions import describe_group, describe_scored_group
from framesift.web.problems import errors
from framesift.web.responses import accept, answer

_SENT = (404, 409, 413, 415, 422)


def make_group_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["groups"])
    _add_searching(router, review)
    _add_reading(router, review)
    _add_changing(router, review)
    return router


def _add_searching(router: APIRouter, review: Review) -> None:
    @router.post(
        "/searches",
        summary="Search collections for near-duplicates",
        status_code=202,
        responses={202: {"model": JobAnswer}, **errors(*_SENT)},
    )
    def search(body: SearchBody) -> Response:
        request = Request(body.method, body.similarity, body.distance, body.keep, body.turned)
        identities = list(dict.fromkeys(body.collection_ids))
        for identity in identities:
            review.collections.find(identity)
        spec = {"collections": identities, "request": asdict(request)}
        return accept(review.jobs.submit("search", spec, identities))


def _add_reading(router: APIRouter, review: Review) -> None:
    @router.get(
        "/collections/{collection_id}/groups",
        summary="List the groups of the last search",
        responses={200: {"model": Page[GroupAnswer]}, **errors(404, 422)},
    )
    async def list_groups(collection_id: str, offset: Offset = 0, limit: Limit = 60) -> Response:
        total, groups = review.groups.page(review.collections.find(collection_id).id, offset, limit)
        return answer({"total": total, "items": [describe_group(group) for group in groups]})

    @router.get(
        "/collections/{collection_id}/groups/so-far",
        summary="List the groups that a search has found so far, while it goes on",
        responses={200: {"model": GroupsSoFar}, **errors(404, 422)},
    )
    def list_groups_so_far(collection_id: str, offset: Offset = 0, limit: Limit = 60) -> Response:
        job, groups = review.searches.so_far(review.collections.find(collection_id).id)
        items = [describe_group(group) for group in groups[offset : offset + limit]]
        return answer({"total": len(groups), "complete": False, "job": job, "items": items})

    @router.get(
        "/groups/{group_id}",
        summary="A group, with what each method says",
        responses={200: {"model": ScoredGroupAnswer}, **errors(404)},
    )
    def show_group(group_id: str) -> Response:
        group = review.groups.find(group_id)
        request = review.groups.request(group.collection_id)
        return answer(describe_scored_group(group, review.groups.measure(group), request))


def _add_changing(router: APIRouter, review: Review) -> None:
    @router.patch(
        "/groups/{group_id}",
        summary="Choose another keeper, or what stays",
        responses={200: {"model": GroupAnswer}, **errors(*_SENT)},
    )
    def change_group(group_id: str, body: GroupBody) -> Response:
        return answer(describe_group(review.groups.change(group_id, body.keeper, body.excluded)))

    @router.post(
        "/groups/{group_id}/not-duplicates",
        summary="Say that images show something else than the rest",
        status_code=201,
        responses={201: {"model": VerdictAnswer}, **errors(*_SENT)},
    )
    def split_group(group_id: str, body: NotDuplicatesBody) -> Response:
        verdict, groups = review.groups.split(group_id, body.image_ids)
        return answer({"id": verdict, "groups": [describe_group(group) for group in groups]}, 201)

    @router.delete(
        "/verdicts/{verdict_id}",
        summary="Take a verdict back",
        responses={200: {"model": VerdictAnswer}, **errors(404)},
    )
    def take_back(verdict_id: str) -> Response:
        group = review.groups.unite(verdict_id)
        return answer({"id": verdict_id, "groups": [] if group is None else [describe_group(group)]})
