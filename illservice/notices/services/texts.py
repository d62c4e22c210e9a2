"""What administrators do with texts, and what staff do with mails that failed."""

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core import outbox
from illservice.core.actors import Actor, ActorKind
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, StaleVersion
from illservice.core.outbox import Parcel
from illservice.directory.models import Library
from illservice.notices.kinds import NoticeKind, Texts
from illservice.notices.kinds.sandbox import check_texts
from illservice.notices.models import NoticeText
from illservice.notices.selectors import NOTICE_TEST, failed_row_id

MAY_SEND_AGAIN = frozenset({Role.BORROWING, Role.LENDING, Role.BRANCH, Role.HEAD, Role.ADMINISTRATOR})
"""Who sends a failed mail again."""

_PARTS = ("subject", "body_text", "body_html")


def check(kind: NoticeKind, texts: Texts) -> dict[str, str]:
    """What is wrong with each part of a text; empty when it can be used."""
    return check_texts(
        texts, subject_names=kind.names(subject=True), names=kind.names(), examples=kind.examples()
    )


def save_text(
    *,
    library: Library,
    kind: NoticeKind,
    language: str,
    texts: Texts,
    version: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Put a text of the library's own in place. `version` is the one its author saw. Returns the new version."""
    problems = check(kind, texts)
    if problems:
        raise InvalidInput(problems)
    values = {
        "subject": texts.subject,
        "body_text": texts.body_text,
        "body_html": texts.body_html,
        "in_use": True,
        "updated_at": at,
        "updated_by_id": _author(actor),
    }
    key = {"library_id": library.pk, "kind": kind.code, "language": language}
    with transaction.atomic():
        if version:
            own = NoticeText.objects.filter(**key)
            if not own.filter(version=version).update(**values, version=F("version") + 1):
                raise _stale(version)
            audit(own.get(), action="change", actor=actor, at=at, changed=_PARTS)
        else:
            audit(_first(key, values), action="create", actor=actor, at=at, changed=_PARTS)
    return version + 1


def _first(key: dict[str, Any], values: dict[str, Any]) -> NoticeText:
    try:
        with transaction.atomic():
            return NoticeText.objects.create(**key, **values)
    except IntegrityError:
        raise _stale(0) from None


def restore_shipped(
    *, library: Library, kind: NoticeKind, language: str, version: int, actor: Actor, at: datetime
) -> None:
    """Back to the shipped text. Doing it twice is doing it once."""
    key = {"library_id": library.pk, "kind": kind.code, "language": language}
    with transaction.atomic():
        own = NoticeText.objects.filter(**key)
        changed = own.filter(version=version, in_use=True).update(
            in_use=False, version=F("version") + 1, updated_at=at, updated_by_id=_author(actor)
        )
        if changed:
            audit(own.get(), action="change", actor=actor, at=at, changed=["in_use"])
        elif own.filter(in_use=True).exists():
            raise _stale(version)


def send_test(
    *,
    library: Library,
    kind: NoticeKind,
    language: str,
    texts: Texts,
    number: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Send a text, saved or not, to the one who writes it."""
    problems = check(kind, texts)
    if problems:
        raise InvalidInput(problems)
    key = f"test:{uuid.uuid4().hex}"
    payload = {
        "notice": kind.code,
        "language": language,
        "number": number,
        "user": actor.id,
        "subject": texts.subject,
        "body_text": texts.body_text,
        "body_html": texts.body_html,
    }
    with transaction.atomic():
        outbox.enqueue(
            Parcel(kind=NOTICE_TEST, key=key, stream=key, payload=payload, library=library.pk), at=at
        )


def resend(*, library: Library, key: str, at: datetime) -> bool:
    """Send a failed mail again. False when it is no longer failed; NotFound when it is another library's."""
    row_id = failed_row_id(library_id=library.pk, key=key)
    with transaction.atomic():
        return outbox.send_again(row_id, at=at)


def _author(actor: Actor) -> int | None:
    return actor.id if actor.kind == ActorKind.STAFF else None


def _stale(version: int) -> StaleVersion:
    error = StaleVersion(seen=version, current=-1)
    error.message = _("Somebody else changed this text since you opened it. Nothing of yours was saved.")
    return error
