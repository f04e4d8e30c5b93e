"""Audits of runs: frames drawn at random among the dropped ones, and what a person says of each, kept in the store."""

import json
import secrets
import zlib
from typing import Any

from framesift.errors import UsageError
from framesift.looking.audit import ANSWERS, count_answers, draw_sample
from framesift.review.jobs import now
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.decisions import view_decision
from framesift.review.runs.runs import Run, Runs
from framesift.review.store import Store

_TABLES = (
    "CREATE TABLE IF NOT EXISTS audits (id TEXT PRIMARY KEY, run TEXT NOT NULL, created TEXT NOT NULL, "
    "seed INTEGER NOT NULL, population INTEGER NOT NULL, drawn TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS audits_of_run ON audits (run, created)",
    "CREATE TABLE IF NOT EXISTS audit_answers (audit TEXT NOT NULL, place INTEGER NOT NULL, answer TEXT NOT NULL, "
    "PRIMARY KEY (audit, place)) WITHOUT ROWID",
)
"""`drawn`: JSON, for each frame the number of its decision and a checksum of its path."""
MOST = 1000
"""Frames drawn at once."""


class Audits:
    """The audits in a store."""

    def __init__(self, store: Store, runs: Runs) -> None:
        self._store = store
        self._runs = runs
        with store.writing() as database:
            for table in _TABLES:
                database.execute(table)

    def begin(self, run: Run, number: int, seed: int) -> dict[str, Any]:
        """Draw so many dropped frames of a run. Raises UsageError where none was dropped or the manifest is damaged."""
        if run.decisions.problem:
            raise Conflict(run.decisions.problem)
        try:
            sample = draw_sample(run.record, min(number, MOST), seed)
        except UsageError as error:
            raise Conflict(error.reason) from None
        drawn = []
        for decision in sample.decisions:
            place = run.decisions.find(decision.frame.path)
            if place is None:
                raise Conflict("the run has gone on meanwhile: draw again")
            drawn.append([place, _check(decision.frame.path)])
        audit_id = secrets.token_hex(8)
        values = audit_id, run.place.id, now(), seed, sample.population, json.dumps(drawn)
        with self._store.writing() as database:
            database.execute("INSERT INTO audits VALUES (?, ?, ?, ?, ?, ?)", values)
        return self.view(audit_id)

    def list_of(self, run_id: str) -> list[dict[str, Any]]:
        """Return the latest audits of a run, without their frames."""
        query = "SELECT id FROM audits WHERE run = ? ORDER BY created DESC, id LIMIT 20"
        found = [self.view(row[0]) for row in self._store.read(query, run_id)]
        return [{key: value for key, value in audit.items() if key != "answers"} for audit in found]

    def view(self, audit_id: str) -> dict[str, Any]:
        """Return an audit with its answers and the bound that they give. Raises Unknown."""
        _, run_id, created, seed, population, drawn = self._find(audit_id)
        answers = self._answers(audit_id, len(drawn))
        found = count_answers(answers, population)
        return {
            "id": audit_id,
            "run_id": run_id,
            "created": created,
            "seed": seed,
            "drawn": found.drawn,
            "dropped": population,
            "answers": answers,
            "given": sum(map(bool, answers)),
            "answered": found.answered,
            "lost": found.lost,
            "at_most": found.bound if found.answered else None,
            "at_most_share": found.bound / population if found.answered else None,
            "confidence": 0.95,
        }

    def view_item(self, audit_id: str, place: int) -> dict[str, Any]:
        """Return one frame that was drawn, by its place from 1 on. Raises UsageError."""
        _, run_id, *_, drawn = self._find(audit_id)
        if not 1 <= place <= len(drawn):
            raise Unknown("no such frame in this audit")
        run, (number, check) = self._runs.open(run_id), drawn[place - 1]
        decision = run.read_decision(number)
        if _check(decision.frame.path) != check:
            raise Conflict("the run was begun anew since this was drawn: draw again")
        answer = self._answers(audit_id, len(drawn))[place - 1]
        return {"place": place, "answer": answer, "decision": view_decision(run.decisions, number, decision)}

    def answer(self, audit_id: str, place: int, answer: str) -> dict[str, Any]:
        """Write an answer down, or take it back with an empty one. Raises UsageError."""
        drawn = self._find(audit_id)[-1]
        if not 1 <= place <= len(drawn):
            raise Unknown("no such frame in this audit")
        if answer not in ANSWERS:
            raise UsageError("an answer is yes, no, unsure or empty")
        with self._store.writing() as database:
            database.execute("INSERT OR REPLACE INTO audit_answers VALUES (?, ?, ?)", (audit_id, place, answer))
        return self.view(audit_id)

    def _find(self, audit_id: str) -> tuple[Any, ...]:
        rows = self._store.read("SELECT id, run, created, seed, population, drawn FROM audits WHERE id = ?", audit_id)
        if not rows:
            raise Unknown("no such audit")
        *values, drawn = rows[0]
        return *values, json.loads(drawn)

    def _answers(self, audit_id: str, drawn: int) -> list[str]:
        answers = [""] * drawn
        for place, answer in self._store.read("SELECT place, answer FROM audit_answers WHERE audit = ?", audit_id):
            answers[place - 1] = answer
        return answers


def _check(path: str) -> int:
    return zlib.crc32(path.encode("utf-8", "surrogatepass"))
