"""Shared by the tests of removing."""

import os

import pytest

from tests.actions.removals import link_across, link_nowhere


@pytest.fixture(params=["same", "other", "no links"])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Root and backup on one file system, on two, or on one without hard links."""
    if request.param == "no links":
        monkeypatch.setattr(os, "link", link_nowhere)
    elif request.param == "other":
        monkeypatch.setattr(os, "link", link_across)
    return request.param
