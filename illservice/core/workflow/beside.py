"""What stands beside a subject, changed inside an act: marks, questions, holds (design §3)."""

from collections.abc import Collection
from typing import Any

from illservice.core.workflow.act import Act


def mark(act: Act, kind: str, **values: object) -> None:
    """Put a mark; one that is open already gets the new values."""
    existing = next((each for each in _open_marks(act) if each.kind == kind), None)
    if existing is None:
        act.add(act.subject.marks.model(request=act.subject, kind=kind, at=act.at, **values))
    elif values:
        act.set(existing, **values)


def unmark(act: Act, *kinds: str) -> None:
    """Take marks away."""
    for each in _open_marks(act):
        if each.kind in kinds:
            act.set(each, cleared_at=act.at)


def _open_marks(act: Act) -> list[Any]:
    return [each for each in act.subject.marks.all() if each.cleared_at is None]


def open_question(act: Act, kind: str) -> Any:
    """The question of a kind that waits for its answer, or None."""
    known = act.subject.questions.all()
    return next((each for each in known if each.kind == kind and each.answered_at is None), None)


def answer_question(act: Act, kind: str, answer: str) -> Any:
    """Close the open question of a kind with its answer (`yes`, `no`, `void`); None when there is none."""
    question = open_question(act, kind)
    if question is not None:
        act.set(question, answer=answer, answered_at=act.at)
    return question


def settle_all(act: Act, *, outlive: Collection[str]) -> None:
    """At an end nothing is left open: marks but for those that `outlive` it, questions and holds fall away."""
    if act.row.becomes:
        for each in _open_marks(act):
            if each.kind not in outlive:
                act.set(each, cleared_at=act.at)
    for question in list(act.subject.questions.all()):
        if question.answered_at is None:
            act.set(question, answer="void", answered_at=act.at)
    for hold in list(act.subject.holds.all()):
        if hold.cleared_at is None:
            act.set(hold, cleared_at=act.at, reason="closed")
