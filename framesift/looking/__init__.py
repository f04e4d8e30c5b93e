"""What people look at: the evidence of a decision, its picture, and the pages that show many."""

__all__ = [
    "advice",
    "audit",
    "crops",
    "decision_search",
    "events",
    "evidence",
    "explanation",
    "explanation_picture",
    "films",
    "labelling",
    "masking",
    "numbers",
    "overview",
    "page",
    "report",
    "rereading",
    "spread",
    "streamed",
    "wording",
]
