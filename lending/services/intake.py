"""A request of another library comes in: by message, by our web form, or typed in at the desk."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, When
from django.utils import translation
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
from illservice.core.statements import Prepared, insert, moment, number, text
from illservice.core.workflow import Act
from illservice.core.workflow.beside import mark, unmark
from illservice.core.workflow.held import step
from illservice.core.workflow.reading import keep_beside
from illservice.directory.models import Partnership, Reason, Symbol
from illservice.directory.selectors import away_from_lending
from lending.models import (
    Channel,
    DeliveryWay,
    LendingHold,
    LendingIdentifier,
    LendingMark,
    LendingRequest,
    Outcome,
)
from lending.models import LendingDesk as Desk
from lending.selectors.page import LATELY, MOST_TWINS, asked_since
from lending.services.answers import refuse_at_once, retry_at_once
from lending.services.base import acting, look_anew
from lending.services.deciding import decide
from lending.services.words import ask_for_statement
from lending.workflow import MACHINE
from lending.workflow.policy import policy_terms
from lending.workflow.rules import Answer, Asked, Standing, answer_at_once, answer_when_full, desk_of
from lending.workflow.states import HoldKind, MarkKind

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
    known, _new = once(
        scope=scope,
        key=key,
        at=at,
        work=lambda: (
            take_in(library_id=library_id, borrower_id=borrower_id, new=new, actor=actor, at=at).number
        ),
    )
    return known


def take_in(
    *, library_id: int, borrower_id: int, new: NewLending, actor: Actor, at: datetime
) -> LendingRequest:
    """The same for who cannot repeat itself, or is known by the borrower's number; the request as it was made."""
    with step():
        partnership = _between(library_id, borrower_id, actor)
        _check(new)
        request = _create(partnership, new, at)
        for one in new.citation.identifiers:
            insert(LendingIdentifier(request=request).set_identifier(one))
        said = _at_once(request, partnership, at)
        _hold_back(request, said, at)
        act = Act(MACHINE, request, action="submit", actor=actor, at=at)
        decide(act)
        act.move()
        _say_at_once(request, _unless_full(request, said), at)
        return request


def asked_again(*, request_id: int, new: NewLending, actor: Actor, at: datetime) -> None:
    """The borrower comes back to what we said: it is new once more, as it is asked for now. Our rules answer it at once
    as they would a request that comes in."""
    with step():
        with acting("asked_again", request_id=request_id, actor=actor, at=at) as act:
            request: LendingRequest = act.subject
            _check(new)
            act.set(request, outcome=Outcome.OPEN, reason=None, retry_after=None, answered_at=None)
            act.set(request, conditions=[], cost=None, cost_currency="")  # agreed for what came to nothing
            act.set(request, **_wishes(new))
            correct_citation(act, new.citation)
            look_anew(act)
            decide(act)
            said = _at_once(request, _between(request.library_id, request.borrower_id, actor), at)
            if said.warn_statement:
                mark(act, MarkKind.NO_STATEMENT)
            else:
                unmark(act, MarkKind.NO_STATEMENT)
        _say_at_once(request, _unless_full(request, said), at)


def _wishes(new: NewLending) -> dict[str, Any]:
    """What is wanted and how, as columns; who asks, by which number, and the citation stand apart."""
    return {
        "material": new.material,
        "wanted": new.wanted,
        "kind": _handled_as(new),
        "need_by": new.need_by,
        "any_edition": new.any_edition,
        "volume_wanted": new.volume_wanted,
        "service_level": new.service_level,
        "rush": new.service_level.lower() in {"rush", "express", "urgent"},
        "max_cost": new.max_cost,
        "max_cost_currency": new.max_cost_currency,
        "copyright_statement": new.copyright_statement,
        "delivery": new.delivery,
        "ship_to": new.ship_to,
        "sent_to_patron": new.sent_to_patron,
        "electronic_address": new.electronic_address,
        "borrower_note": new.note,
    }


def _handled_as(new: NewLending) -> str:
    return new.wanted if new.wanted != Kind.EITHER else str(Material(new.material).default_kind)


def _hold_back(request: LendingRequest, said: Answer, at: datetime) -> None:
    """What the desk has to look at first. Nothing else stands beside the request yet."""
    for name in MACHINE.beside:
        keep_beside(request, name, [])
    twins = twins_of(request, at=at)
    if twins:
        hold = LendingHold(request=request, kind=HoldKind.DUPLICATE, detail={"numbers": twins}, opened_at=at)
        insert(hold)
        keep_beside(request, "holds", [hold])
    if said.warn_statement:
        mark = LendingMark(request=request, kind=MarkKind.NO_STATEMENT, at=at)
        insert(mark)
        keep_beside(request, "marks", [mark])


def _between(library_id: int, borrower_id: int, actor: Actor) -> Partnership:
    """What the lending library knows of the borrower; strangers are not there for each other."""
    foreign = (
        actor.id != borrower_id
        if actor.kind == ActorKind.PARTNER
        else actor.kind in {ActorKind.STAFF, ActorKind.TOKEN} and actor.library_id != library_id
    )
    partnership = _PARTNERSHIP.first(library=library_id, partner=borrower_id)
    if foreign or partnership is None:
        raise NotFound(borrower=borrower_id)
    return partnership


_PARTNERSHIP = Prepared(
    lambda: Partnership.objects.select_related("library__lending_desk", "partner").filter(
        library_id=number("library"), partner_id=number("partner"), library__is_tenant=True
    )
)


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


def _create(partnership: Partnership, new: NewLending, at: datetime) -> LendingRequest:
    request = LendingRequest(
        number=next_number(SIDE_LETTER),
        library=partnership.library,
        borrower=partnership.partner,
        channel=new.channel,
        system=new.system,
        borrower_number=new.borrower_number,
        borrower_symbol=new.borrower_symbol,
        previous=_previous(partnership, new.previous_number),
        raw=new.raw,
        submitted_at=at,
        act_by=at,
        **_wishes(new),
    )
    keep_beside(request.borrower, "symbols", _SYMBOLS.rows(library=request.borrower_id))
    apply_citation(request, new.citation)
    refuse_unfit(request)
    insert(request)
    return request


def _previous(partnership: Partnership, their_number: str) -> LendingRequest | None:
    if not their_number:
        return None
    known = LendingRequest.objects.filter(
        library_id=partnership.library_id, borrower_id=partnership.partner_id, borrower_number=their_number
    )
    return known.order_by("-pk").first()


def apply_citation(request: LendingRequest, citation: CitationData) -> None:
    """Write the citation's columns and what is computed from them. Saves nothing."""
    request.set_citation(citation)
    request.fingerprint = fingerprint(citation)
    known = (one.normalised or one.raw for one in citation.identifiers)
    texts = citation.texts().values()
    request.search_text = search_text(request.number, *_names(request), *texts, *known)


def correct_citation(act: Act, citation: CitationData) -> None:
    """Write the citation's columns, what is computed from them, and its identifiers anew."""
    request: LendingRequest = act.subject
    fresh = LendingRequest(
        number=request.number,
        borrower=request.borrower,
        borrower_number=request.borrower_number,
        borrower_symbol=request.borrower_symbol,
    )
    apply_citation(fresh, citation)
    names = [*citation.texts(), "year", "fingerprint", "search_text"]
    act.set(request, **{name: getattr(fresh, name) for name in names})
    for known in list(request.identifiers.all()):
        act.remove(known)
    for one in citation.identifiers:
        act.add(LendingIdentifier(request=request).set_identifier(one))


def _names(request: LendingRequest) -> list[str]:
    """By what the desk knows the borrower and its request."""
    symbols = (symbol.value for symbol in request.borrower.symbols.all())
    return [request.borrower_number, request.borrower_symbol, request.borrower.name, *symbols]


_SYMBOLS = Prepared(lambda: Symbol.objects.filter(library_id=number("library")))


def _at_once(request: LendingRequest, partnership: Partnership, at: datetime) -> Answer:
    desk: Desk = desk_of(request)
    today = local_date(at, request.library.timezone)
    return answer_at_once(
        Asked(request.kind, request.material, bool(request.copyright_statement)),
        Standing(partnership.standing, partnership.suspended_until, partnership.is_active),
        desk,
        today=today,
        away=away_from_lending(request.library, today),
    )


def _unless_full(request: LendingRequest, said: Answer) -> Answer:
    """Where the borrower has as many requests open with us as its policy allows, the answer is: ask again later."""
    limit = policy_terms(request).open_limit
    if limit is None or said.refuse or said.retry:
        return said
    same = LendingRequest.objects.filter(
        library_id=request.library_id, borrower_id=request.borrower_id, closed_at__isnull=True
    )
    with translation.override(request.library.language):
        return answer_when_full(said, limit, same.exclude(pk=request.pk).count())


def _say_at_once(request: LendingRequest, said: Answer, at: datetime) -> None:
    if said.refuse:
        reason = _shared_reason("not_supplied", said.refuse)
        refuse_at_once(request_id=request.pk, reason=reason, at=at, note=said.note)
    elif said.retry:
        reason = _shared_reason("retry", said.retry)
        retry_at_once(
            request_id=request.pk, reason=reason, retry_after=said.retry_after, at=at, note=said.note
        )
    elif said.ask_statement:
        ask_for_statement(request_id=request.pk, actor=CLOCK, at=at)


def _shared_reason(purpose: str, iso_code: str) -> Reason:
    """The reason with this code of ISO 18626; made when an administrator took it away.

    Of several the one that says no more than the code does: a vacation is not "in processing".
    """
    plain = Case(When(code="not-available", then=0), default=1)
    found = Reason.objects.filter(purpose=purpose, iso_code=iso_code, library__isnull=True)
    known = found.order_by(plain, "position").first()
    if known is None:
        known = Reason.objects.create(
            purpose=purpose, code=iso_code.lower(), staff_text=iso_code, iso_code=iso_code
        )
    return known


def twins_of(request: LendingRequest, *, at: datetime) -> list[str]:
    """Numbers of what the same borrower asked of us in the last month in the same words, open or supplied."""
    if not request.fingerprint:
        return []
    itself = {request.pk, request.previous_id}
    same = _SAME.rows(
        library=request.library_id,
        borrower=request.borrower_id,
        words=request.fingerprint,
        since=at - LATELY,
    )
    return [twin for twin, key in same if key not in itself][:MOST_TWINS]


_SAME = Prepared(
    lambda: asked_since(number("library"), number("borrower"), text("words"), moment("since")).values_list(
        "number", "pk"
    )[: MOST_TWINS + 2]
)
