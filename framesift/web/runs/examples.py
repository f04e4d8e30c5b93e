"""Examples of the answers about runs, for the description of the API."""

RUN_ID = "79f076abdd19a752"
_PLACE = {"id": RUN_ID, "name": "deck/kept", "modified": "2026-11-21T07:17:31+00:00", "bytes": 21874}
_VERDICTS = {"keep": 12, "drop": 36, "skip": 0}

_THRESHOLDS = {"method": "framediff", "min_contour_area": "0.05%", "score_threshold": "0.75%"}

RUNS = {"total": 1, "items": [{**_PLACE, "verdicts": _VERDICTS, **_THRESHOLDS, "pictures": True}]}
RUN = {
    **_PLACE,
    "settings": ["A frame is kept when its score is above 0.75% of the compared area."],
    **_THRESHOLDS,
    "largest_area": 247825,
    "verdicts": _VERDICTS,
    "cameras": [{"camera": "c10", "frames": 48, **_VERDICTS}],
    "more_cameras": 0,
    "pictures": True,
    "problem": None,
}
TIMELINE = {
    "camera": "c10",
    "decisions": 2,
    "shown": 2,
    "timed": True,
    "numbers": [1, 2],
    "times": [1616862058.0, 1616862363.0],
    "scores": [None, 412.5],
    "verdicts": ["keep", "drop"],
    "changes": [False, False],
    "limits": [1858.7, 1858.7],
    "areas": [247825, 247825],
}
_DECISION = {
    "number": 2,
    "path": "c10_2021_03_27__16_26_03.jpg",
    "camera": "c10",
    "time": "2021-03-27T16:26:03+00:00",
    "verdict": "drop",
    "score": 412.5,
    "limit": 1858.7,
    "area": 247825,
    "reference": "c10_2021_03_27__16_20_58.jpg",
    "reason": "score 412.5 <= 1858.7",
    "size": [640, 480],
    "extent": None,
}
DECISIONS = {"total": 48, "items": [_DECISION]}
DECISION = {**_DECISION, "reference_number": 1, "previous": 1, "next": 3, "pictures": True}
_OTHER = {
    "id": "2c26b46b68ffc68f",
    "name": "deck/run-tolerance",
    "method": "tolerance",
    "min_contour_area": "0.2%",
    "score_threshold": "0.2%",
}
OTHERS = {"items": [_OTHER]}
_COMPARED = {"both": 10, "only_first": 2, "only_second": 1, "neither": 35, "lone_first": 0, "lone_second": 0}
COMPARISON = {
    "first": {
        "id": RUN_ID, "name": "deck/kept", **_THRESHOLDS, "frames": 48, "kept": 12, "pictures": True, "problem": None
    },
    "second": {**_OTHER, "frames": 48, "kept": 11, "pictures": True, "problem": None},
    **_COMPARED,
    "cameras": [{"camera": "c10", **_COMPARED}],
    "more_cameras": 0,
}  # fmt: skip
COMPARED = {
    "total": 3,
    "items": [
        {
            "kept_by": "second",
            "first": _DECISION,
            "second": {**_DECISION, "verdict": "keep", "score": 812.0, "limit": 495.7, "reason": "score 812.0 > 495.7"},
        }
    ],
}
CHANGES = {
    "change": "",
    "words": "1 region counts (red): 412.5 px.",
    "size": [640, 480],
    "counted": ["M10 10L30 10L30 30Z"],
    "ignored": [],
}
_COUNTS = {"frames": 48, "kept": 12, "estimated": 9}
ESTIMATE = {
    "score_threshold": "1.5%",
    "cameras": [{"camera": "c10", **_COUNTS}],
    **_COUNTS,
    "note": "an estimate: the recorded scores are against the frames that this run kept",
}
_AUDIT = {
    "id": "9b1c22d07aa4e6f3",
    "run_id": RUN_ID,
    "created": "2026-11-21T07:17:31.000000+00:00",
    "seed": 0,
    "drawn": 3,
    "dropped": 36,
    "given": 1,
    "answered": 1,
    "lost": 0,
    "at_most": 34,
    "at_most_share": 0.9444,
    "confidence": 0.95,
}
AUDIT = {**_AUDIT, "answers": ["no", "", ""]}
AUDITS = {"items": [_AUDIT]}
ITEM = {"place": 1, "answer": "no", "decision": _DECISION}
TUNING = {
    "id": RUN_ID,
    "run_id": RUN_ID,
    "total": 10,
    "asked": 1,
    "answered": 0,
    "finished": False,
    "question": {"number": 1, "camera": "c10", "reference": "a.jpg", "path": "b.jpg", "answer": ""},
    "advice": {
        "answers": 0,
        "min_contour_area": "0.05%",
        "score_threshold": "0.75%",
        "px": {"c10": [123.9, 1858.7]},
        "kept": 12,
        "frames": 48,
        "command": "framesift filter frames kept-new 0.05% 0.75%",
    },
    "lines": ["no answers, so nothing is known of these frames; the defaults are 0.05% 0.75%"],
    "left_out": [],
}
