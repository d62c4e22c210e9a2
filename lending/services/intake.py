"""A request of another library comes in: by message, by our web form, or typed in at the desk."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import CitationData
from illservice.citations.kinds import Kind, Material
from illservice.citations.normalise import fingerprint, search_text
from illservice.core.actors import CLOCK, Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, NotFound
from illservice.core.fitting import refuse_unfit
from illservice.core.idempotency import once
from illservice.core.numbers import next_number
from illservice.core.workflow import Act
from illservice.directory.models import Library, Partnership, Reason
from lending.models import (
    Channel,
    DeliveryWay,
    LendingHold,
    LendingIdentifier,
    LendingMark,
    LendingRequest,
)
from lending.models import LendingDesk as Desk
from lending.selectors.page import MOST_TWINS, asked_lately
from lending.services.answers import refuse_at_once, retry_at_once
from lending.services.words import ask_for_statement
from lending.workflow import MACHINE
from lending.workflow.rules import Answer, Asked, Standing, answer_at_once
from lending.workflow.states import HoldKind, MarkKind
from lending.workflow.timers import desk_of

SIDE_LETTER = "L"


@dataclass(frozen=True, slots=True)
class NewLending:
    """What another library asks for. `borrower_number` is its own number of the request."""

    material: str
    wanted: str
    citation: CitationData
    channel: str = Channel.DESK
    system: str = ""
    borrower_number: str = ""
    borrower_symbol: str = ""
    need_by: date | None = None
    any_edition: bool = False
    volume_wanted: str = ""
    service_level: str = ""
    max_cost: Decimal | None = None
    max_cost_currency: str = ""
    copyright_statement: str = ""
    delivery: str = DeliveryWay.MAIL
    ship_to: str = ""
    sent_to_patron: bool = False
    electronic_address: str = ""
    note: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    previous_number: str = ""


def submit(
    *, library_id: int, borrower_id: int, new: NewLending, actor: Actor, at: datetime, key: str = ""
) -> str:
    """Take the request in and return its number. The same `key` from the same actor gives the same request.

    What our rules refuse is taken in and answered no at once, so that it counts and can be reopened.
    """
    scope = f"lend:{actor.kind}:{actor.id}:{library_id}"
    number, _new = once(
        scope=scope, key=key, at=at, work=lambda: _submit(library_id, borrower_id, new, actor, at)
    )
    return number


def _submit(library_id: int, borrower_id: int, new: NewLending, actor: Actor, at: datetime) -> str:
    with transaction.atomic():
        library, partnership = _between(library_id, borrower_id, actor)
        _check(new)
        request = _create(library, borrower_id, new, at)
        LendingIdentifier.objects.bulk_create(
            LendingIdentifier(request=request).set_identifier(one) for one in new.citation.identifiers
        )
        said = _at_once(request, partnership, at)
        twins = twins_of(request, at=at)
        if twins:
            LendingHold.objects.create(
                request=request, kind=HoldKind.DUPLICATE, detail={"numbers": twins}, opened_at=at
            )
        if said.warn_statement:
            LendingMark.objects.create(request=request, kind=MarkKind.NO_STATEMENT, at=at)
        Act(MACHINE, request, action="submit", actor=actor, at=at).move()
        _say_at_once(request, said, at)
        return request.number


def _between(library_id: int, borrower_id: int, actor: Actor) -> tuple[Library, Partnership]:
    """The lending library and what it knows of the borrower; strangers are not there for each other."""
    foreign = (
        actor.id != borrower_id
        if actor.kind == ActorKind.PARTNER
        else actor.kind in {ActorKind.STAFF, ActorKind.TOKEN} and actor.library_id != library_id
    )
    partnership = (
        Partnership.objects.select_related("library__lending_desk")
        .filter(library_id=library_id, partner_id=borrower_id, library__is_tenant=True)
        .first()
    )
    if foreign or partnership is None:
        raise NotFound(borrower=borrower_id)
    return partnership.library, partnership


def _check(new: NewLending) -> None:
    check_citation(new.citation, material=new.material, wanted=new.wanted)
    if new.delivery not in DeliveryWay.values:
        raise InvalidInput({"delivery": _("Choose how it shall be delivered.")})


def check_citation(citation: CitationData | None, *, material: str, wanted: str) -> None:
    """What nobody could look for is refused."""
    if material not in Material.values:
        raise InvalidInput({"material": _("Choose what it is.")})
    if wanted not in Kind.values:
        raise InvalidInput({"wanted": _("Choose whether you want to borrow it or a copy.")})
    if citation is None:
        return
    texts = citation.texts()
    by_number = material == Material.PATENT and texts["issue"]  # a patent's own number says it all
    if not (texts["title"] or texts["article_title"] or citation.identifiers or by_number):
        raise InvalidInput({"title": _("Give a title or a number such as an ISBN.")})


def _create(library: Library, borrower_id: int, new: NewLending, at: datetime) -> LendingRequest:
    kind = new.wanted if new.wanted != Kind.EITHER else str(Material(new.material).default_kind)
    request = LendingRequest(
        number=next_number(SIDE_LETTER),
        library=library,
        borrower_id=borrower_id,
        channel=new.channel,
        system=new.system,
        borrower_number=new.borrower_number,
        borrower_symbol=new.borrower_symbol,
        previous=_previous(library, borrower_id, new.previous_number),
        material=new.material,
        wanted=new.wanted,
        kind=kind,
        need_by=new.need_by,
        any_edition=new.any_edition,
        volume_wanted=new.volume_wanted,
        service_level=new.service_level,
        rush=new.service_level.lower() in {"rush", "express", "urgent"},
        max_cost=new.max_cost,
        max_cost_currency=new.max_cost_currency,
        copyright_statement=new.copyright_statement,
        delivery=new.delivery,
        ship_to=new.ship_to,
        sent_to_patron=new.sent_to_patron,
        electronic_address=new.electronic_address,
        borrower_note=new.note,
        raw=new.raw,
        submitted_at=at,
        act_by=at,
    )
    apply_citation(request, new.citation)
    refuse_unfit(request)
    request.save(force_insert=True)
    return request


def _previous(library: Library, borrower_id: int, number: str) -> LendingRequest | None:
    if not number:
        return None
    known = LendingRequest.objects.filter(library=library, borrower_id=borrower_id, borrower_number=number)
    return known.order_by("-pk").first()


def apply_citation(request: LendingRequest, citation: CitationData) -> None:
    """Write the citation's columns and what is computed from them. Saves nothing."""
    request.set_citation(citation)
    request.fingerprint = fingerprint(citation)
    known = (one.normalised or one.raw for one in citation.identifiers)
    texts = citation.texts().values()
    request.search_text = search_text(request.number, *_names(request), *texts, *known)


def _names(request: LendingRequest) -> list[str]:
    """By what the desk knows the borrower and its request."""
    symbols = (symbol.value for symbol in request.borrower.symbols.all())
    return [request.borrower_number, request.borrower_symbol, request.borrower.name, *symbols]


def _at_once(request: LendingRequest, partnership: Partnership, at: datetime) -> Answer:
    desk: Desk = desk_of(request)
    today = local_date(at, request.library.timezone)
    return answer_at_once(
        Asked(request.kind, request.material, bool(request.copyright_statement)),
        Standing(partnership.standing, partnership.suspended_until, partnership.is_active),
        desk,
        today=today,
    )


def _say_at_once(request: LendingRequest, said: Answer, at: datetime) -> None:
    if said.refuse:
        reason = _shared_reason("not_supplied", said.refuse)
        refuse_at_once(request_id=request.pk, reason=reason, at=at)
    elif said.retry:
        reason = _shared_reason("retry", said.retry)
        retry_at_once(request_id=request.pk, reason=reason, retry_after=said.retry_after, at=at)
    elif said.ask_statement:
        ask_for_statement(request_id=request.pk, actor=CLOCK, at=at)


def _shared_reason(purpose: str, iso_code: str) -> Reason:
    """The reason with this code of ISO 18626; made when an administrator took it away."""
    found = Reason.objects.filter(purpose=purpose, iso_code=iso_code, library__isnull=True).order_by(
        "position"
    )
    known = found.first()
    if known is None:
        known = Reason.objects.create(
            purpose=purpose, code=iso_code.lower(), staff_text=iso_code, iso_code=iso_code
        )
    return known


def twins_of(request: LendingRequest, *, at: datetime) -> list[str]:
    """Numbers of what the same borrower asked of us in the last month in the same words, open or supplied."""
    if not request.fingerprint:
        return []
    same = asked_lately(request.library, request.borrower_id, request.fingerprint, at=at).exclude(
        pk=request.pk
    )
    if request.previous_id:
        same = same.exclude(pk=request.previous_id)
    return list(same.values_list("number", flat=True)[:MOST_TWINS])
