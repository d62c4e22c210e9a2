"""One-time links by which a lender without a system of ours answers in a browser.

A token names a try and what is asked of its lender, signed, and is bound to how the try stands when the mail is
written: once the lender answered by any way, or the desk moved on, it opens nothing any more. Nothing of it is stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse

from illservice.core.errors import NotFound
from requests_app.models import BorrowingQuestion, LenderTry, TryStatus
from requests_app.workflow.states import QuestionKind

_SALT = "requests_app.answer"
LIVES_ON = timedelta(days=30)
"""How long after the day on which the answer is expected a link still works."""
LONGEST_TOKEN = 500


class Purpose(StrEnum):
    """What the lender is asked."""

    SUPPLY = "supply"
    RENEWAL = "renewal"
    CANCEL = "cancel"


_QUESTIONS = {Purpose.RENEWAL: QuestionKind.RENEWAL, Purpose.CANCEL: QuestionKind.CANCEL}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token stands for now. `is_open`: it may still be answered; `expired`: its time is over."""

    lender_try: LenderTry
    purpose: Purpose
    question: BorrowingQuestion | None
    is_open: bool
    expired: bool


def link_for(lender_try: LenderTry, purpose: Purpose, at: datetime) -> str:
    """The whole address of the page; empty when there is nothing to answer."""
    question = _question(lender_try, purpose)
    if not _may_answer(lender_try, purpose, question):
        return ""
    expected = question.reply_by if question is not None and question.reply_by else lender_try.answer_by
    ends = max(expected or at, at) + LIVES_ON
    token = signing.Signer(salt=_SALT).sign_object(
        [lender_try.pk, purpose.value, _state(lender_try, question), int(ends.timestamp())], compress=True
    )
    return settings.ILL_BASE_URL + reverse("lender_answer", args=[token])


def read_token(token: str, at: datetime) -> Asked:
    """What a token stands for. NotFound for one that we did not make, and when its request is gone."""
    try:
        if len(token) > LONGEST_TOKEN:
            raise signing.BadSignature
        try_id, word, state, ends = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        raise NotFound() from None
    found = LenderTry.objects.select_related("partner", "request__library", "reason").filter(pk=try_id)
    lender_try = found.first()
    if lender_try is None:
        raise NotFound()
    purpose = Purpose(word)
    question = _question(lender_try, purpose)
    same = state == _state(lender_try, question) and _may_answer(lender_try, purpose, question)
    expired = at.timestamp() > ends
    return Asked(lender_try, purpose, question, same and not expired, expired)


def _question(lender_try: LenderTry, purpose: Purpose) -> BorrowingQuestion | None:
    """The last question of the purpose to this lender."""
    kind = _QUESTIONS.get(purpose)
    if kind is None:
        return None
    found = lender_try.request.questions.filter(kind=kind, lender_try=lender_try)
    return found.order_by("-pk").first()


def _may_answer(lender_try: LenderTry, purpose: Purpose, question: BorrowingQuestion | None) -> bool:
    if purpose in _QUESTIONS:
        return question is not None and question.answered_at is None
    if not lender_try.open or lender_try.status not in {TryStatus.ASKED, TryStatus.PROMISED}:
        return False
    last = (
        lender_try.request.tries.filter(open=True).order_by("-ordinal").values_list("pk", flat=True).first()
    )
    return last == lender_try.pk  # an answer counts for the lender asked last


def _state(lender_try: LenderTry, question: BorrowingQuestion | None) -> str:
    """How the try stands, as far as an answer changes it."""
    if question is not None:
        return f"q{question.pk}"
    moments = (lender_try.asked_at, lender_try.answered_at)
    stamps = "-".join(str(int(each.timestamp())) if each else "" for each in moments)
    return f"{lender_try.status}-{stamps}"
