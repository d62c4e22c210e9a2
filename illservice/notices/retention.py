"""What is held about people in notices. The words of a mail are not kept, only that it was sent; but for the files of a
service without a mail server, which go with the person."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from illservice.core.models import OutboxRow
from illservice.core.retention import Held, Line, Occasion, Person, numbers_of, register, register_harmless
from illservice.notices.kinds import Audience, all_kinds
from illservice.notices.selectors import NOTICE
from illservice.notices.services.kept_mails import burn_kept


def _mails(person: Person) -> Iterator[list[Line]]:
    labels = {kind.code: kind.label for kind in all_kinds() if kind.audience == Audience.PATRON}
    found = OutboxRow.objects.filter(kind=NOTICE, library=person.library_id, subject__in=numbers_of(person))
    for row in found.order_by("id"):
        notice = row.payload.get("notice", "")
        if notice in labels:
            yield [
                Line("number", _("request"), row.subject),
                Line("notice", _("what it was about"), labels[notice]),
                Line("at", _("when"), row.finished_at or row.created_at),
                Line("state", _("what became of it"), row.get_state_display()),
            ]


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register(
        Held(
            code="mails",
            label=_("Which mails were sent to you"),
            why=_("So that the library knows what you were told. The words of a mail are not kept."),
            until=_("Their link to you goes with the request’s person."),
            fields={},
            on={Occasion.PERSON: burn_kept},
            goes_with="outbox",
            told=_mails,
            position=46,
        )
    )
    register_harmless(
        "ill_notices.NoticeText",
        "kind language subject body_text body_html updated_by",
        "texts of a library, and which of its staff wrote them",
    )
    register_harmless(
        "ill_notices.NoticeRules", "webhook_url webhook_label webhook_secret", "the gateway of a library"
    )
