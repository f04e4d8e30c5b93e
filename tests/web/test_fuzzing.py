"""Whatever is sent, by the description of the API or against it: no 5xx, and each error is a problem."""

import itertools
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable

from framesift import filter_frames
from tests.filtering.test_run import NEW, scene
from tests.web.serving import HOST, PROBLEM, Api, finish_all, open_review, search, write_people

schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis: pip install '.[test]'")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
CHECKS = [checks.content_type_conformance, checks.response_schema_conformance]

NEGATIVE = schemathesis.GenerationMode.NEGATIVE
CASES = 2000
"""In all; each operation gets its share."""
OTHERS = {"400", "413", "415"}
"""Given before anybody looks at what was asked for."""


@pytest.fixture(scope="module")
def api(tmp_path_factory) -> Iterator[Api]:
    root = tmp_path_factory.mktemp("fuzzed") / "people"
    write_people(root, 2)
    for path, content in scene(None, NEW, NEW, None).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    list(filter_frames(root / "c1", root / "kept"))
    with open_review(root) as review:
        search(review)
        review.runs.audit(review.runs.runs.list_places()[0].id, 1, 0)
        made = Api(review)
        with made.client:
            yield made


def operations(api: Api) -> list[Any]:
    schema = schemathesis.openapi.from_dict(api.get("/openapi.json"))
    return [found.ok() for found in schema.get_all_operations()]


class Names:
    """Puts ids that exist in the place of every other one that was made up: else all would end at `unknown`."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._turn = itertools.count()

    def put(self, values: dict[str, Any]) -> None:
        for name in values:
            if next(self._turn) % 2 and (known := self._find(name)):
                values[name] = known[next(self._turn) % len(known)]

    def put_in_body(self, body: Any) -> None:
        if isinstance(body, dict):
            for name in ("collection_ids", "image_ids", "excluded", "person_ids", "group_ids"):
                if isinstance(body.get(name), list) and next(self._turn) % 2:
                    body[name] = self._find(name.removesuffix("s"))[:1]

    def _find(self, name: str) -> list[Any]:
        review = self._api.review
        collections = [each for each in review.collections.page()[1] if each.person_id]
        return {
            "collection_id": [each.id for each in collections],
            "person_id": [each.person_id for each in collections],
            "image_id": ["YmlnLnBuZw", "bWlkLnBuZw", "c21hbGwucG5n"],
            "excluded": ["bWlkLnBuZw"],
            "group_id": [group.id for each in collections for group in review.groups.page(each.id)[1]],
            "job_id": [job.id for job in review.jobs.page()[1] if job.is_over],
            "removal_id": [removal.id for removal in review.removals.page()[1]],
            "verdict_id": [row["id"] for row in review.store.read("SELECT id FROM verdicts")],
            "run_id": [place.id for place in review.runs.runs.list_places()],
            "other_id": [place.id for place in review.runs.runs.list_places()],
            "tuning_id": [place.id for place in review.runs.runs.list_places()],
            "audit_id": [row["id"] for row in review.store.read("SELECT id FROM audits")],
            "number": [1, 2, 3],
            "place": [1, 2],
            "side": ["reference", "path"],
        }[name]


def test_whatever_is_sent(api):
    logging.getLogger("schemathesis").setLevel(logging.ERROR)
    names, statuses, found = Names(api), Counter[int](), operations(api)
    share = -(-CASES // (2 * len(found)))
    for operation in found:
        try:
            mode = schemathesis.GenerationMode.POSITIVE if takes_anything(operation) else NEGATIVE
            send_cases(operation, mode, share, names, api, statuses)
        except Unsatisfiable:
            send_cases(operation, schemathesis.GenerationMode.POSITIVE, share, names, api, statuses)
        send_cases(operation, schemathesis.GenerationMode.POSITIVE, share, names, api, statuses)
    finish_all(api.review)
    assert statuses.total() >= CASES
    assert {200, 201, 202, 404, 409, 422} <= set(statuses) and max(statuses) < 500, statuses


def takes_anything(operation: Any) -> bool:
    """Tell whether any text is a value of all that an operation takes: a case against that would be sought in vain."""
    taken = operation.definition.raw.get("parameters", [])
    free = all(each["in"] == "path" and each["schema"].keys() <= {"type", "title"} for each in taken)
    texts = all(each["schema"].get("type") == "string" for each in taken)
    return free and texts and "requestBody" not in operation.definition.raw


def send_cases(operation: Any, mode: Any, share: int, names: Names, api: Api, statuses: Counter[int]) -> None:
    """Send `share` cases of one operation, the same ones each time."""

    @seed(statuses.total())
    @settings(max_examples=share, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        names.put(case.path_parameters or {})
        names.put_in_body(case.body)
        request = case.as_transport_kwargs(base_url=f"http://{HOST}")
        request.pop("cookies", None)
        request["content"] = request.pop("data", None)
        response = api.client.request(**request)
        statuses[response.status_code] += 1
        # An empty id, or one with a slash, is another path, which may well be one of ours.
        described = {*operation.definition.raw["responses"], "404", "405", *OTHERS}
        assert str(response.status_code) in described, response.text
        assert response.status_code < 500, response.text
        if str(response.status_code) in operation.definition.raw["responses"]:
            case.validate_response(
                response, checks=[checks.content_type_conformance, checks.response_schema_conformance]
            )
        if response.status_code >= 400:
            assert response.headers["content-type"] == PROBLEM

    send()
