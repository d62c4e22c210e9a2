"""The ways out of the copyright queue: a person decides, and what they said is kept (standards §1.5, D9 and D12)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement
from illservice.citations.text import clean_text
from illservice.core.actors import Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, Refused
from illservice.core.workflow import Act
from requests_app.copyright import Outcome, Work
from requests_app.models import CopyrightRecord, Royalty
from requests_app.models.copyright import Way
from requests_app.services.base import acting
from requests_app.services.copyright.deciding import (
    CANNOT_COUNT,
    Ruling,
    count_for,
    rule_for,
    settle_hold,
    write,
)
from requests_app.workflow.copyright import comes_as_copy, record_of

MOST_COPIES = 99
LONGEST_REASON = 300


class Ground(models.TextChoices):
    """On what ground a person clears a copy."""

    WITHIN = "within", _("Within the limits")
    OVERRIDE = "override", _("Over the limit, and allowed all the same")
    OLD = "old", _("Older than the guidelines count")
    OWN = "own", _("We subscribe to it, own it or have ordered it")
    NOT_SOLD = "not_sold", _("A whole work that is not sold at a fair price")
    LICENCE = "licensed", _("A licence or permission covers it")
    FREE = "free", _("Not protected, or free for everybody")
    RESUPPLY = "resupply", _("The same copy once more, because the first one could not be read")

    @property
    def needs_words(self) -> bool:
        """Whether it says too little by itself; 17 USC 108(e) wants to know where somebody looked for a copy."""
        return self in {Ground.OVERRIDE, Ground.OLD, Ground.NOT_SOLD}


_BY_LAW = {
    "US": Statement.CCL,
    "GB": Statement.UK_FAIR_DEALING,
    "AU": Statement.AU_S50_1,
}
"""What is stated where a person finds that the law allows it; elsewhere there is no code for it."""
_PAID = {"GB": Statement.UK_FEE_PAID, "AU": Statement.AU_CLEARED}
"""What is stated where the owner is paid, outside of the United States."""


def clear_copyright(
    *,
    request_id: int,
    actor: Actor,
    at: datetime,
    ground: str = Ground.WITHIN,
    reason: str = "",
    copies: int | None = None,
    version: int | None = None,
) -> None:
    """Clear a copy on a ground. Within the limits is refused when the last place is taken meanwhile."""
    with acting("clear_copyright", request_id=request_id, actor=actor, at=at, version=version) as act:
        clear_in(act, ground, reason=reason, copies=copies)


def clear_in(act: Act, ground: str, *, reason: str = "", copies: int | None = None) -> None:
    """The same inside an act. Without `copies` the request counts as many as before."""
    if ground not in Ground.values:
        raise InvalidInput({"ground": _("Say on what ground it is cleared.")})
    reason = _reason(reason, needed=Ground(ground).needs_words)
    if not comes_as_copy(act.subject):
        settle_hold(act, "loan")
        return
    ruling = rule_for(act, copies=_copies(copies))
    if ground == Ground.WITHIN:
        _within(act, ruling, reason)
    else:
        statement, counts = _statement(Ground(ground), ruling)
        _cleared(act, ruling, statement=statement, counts=counts, ground=ground, reason=reason)
    settle_hold(act, str(ground))


def _within(act: Act, ruling: Ruling, reason: str) -> None:
    """As the rules say; where they cannot tell, staff did, and it counts."""
    decision = ruling.decision
    if decision.outcome is Outcome.CLEARED:
        write(
            act,
            ruling,
            decided=True,
            way=Way.CLEARED,
            ground=Ground.WITHIN,
            reason=reason,
            decided_by=_who(act),
        )
        return
    if decision.outcome is Outcome.LIMIT:
        raise _over_limit(act, decision.count or 0, ruling)
    if decision.rule in CANNOT_COUNT:
        raise Refused(decision.sentence, code="needs_ground", action=act.action)
    if ruling.jurisdiction != "US":
        _cleared(act, ruling, statement=_by_law(ruling), counts=False, ground=Ground.WITHIN, reason=reason)
        return
    count = count_for(act, ruling)
    if ruling.settings.contu_enabled and count + ruling.facts.copies > ruling.settings.contu_limit:
        raise _over_limit(act, count, ruling)
    record = _cleared(act, ruling, statement=Statement.CCG, counts=True, ground=Ground.WITHIN, reason=reason)
    act.set(record, count=count, limit=ruling.settings.contu_limit if ruling.settings.contu_enabled else None)


def _over_limit(act: Act, count: int, ruling: Ruling) -> Refused:
    words = _("%(count)s of %(limit)s copies count this year already. Choose another way out.")
    known = {"count": count, "limit": ruling.settings.contu_limit}
    return Refused(words % known, code="over_limit", action=act.action)


def _statement(ground: Ground, ruling: Ruling) -> tuple[Statement, bool]:
    """What is stated on a ground, and whether the copies count."""
    if ground is Ground.LICENCE:
        return Statement.OTHER, False
    if ground is Ground.FREE:
        return Statement.NONE, False
    if ground in {Ground.OVERRIDE, Ground.RESUPPLY}:
        return _over_limit_statement(ruling), ground is Ground.OVERRIDE and ruling.jurisdiction == "US"
    if ground is Ground.NOT_SOLD and ruling.jurisdiction == "AU":
        return Statement.AU_S50_7A, False
    return _by_law(ruling), False


def _by_law(ruling: Ruling) -> Statement:
    return _BY_LAW.get(ruling.jurisdiction, Statement.OTHER)


def _over_limit_statement(ruling: Ruling) -> Statement:
    """What a library in the United States states beyond the limit; elsewhere what its law calls it."""
    if ruling.jurisdiction != "US":
        return _by_law(ruling)
    return ruling.settings.chapter_statement if ruling.facts.work is Work.OTHER else Statement.CCG


def _paid_statement(ruling: Ruling) -> Statement:
    """What is stated where a royalty is paid: in the United States the same as within the limit."""
    if ruling.jurisdiction == "US":
        return _over_limit_statement(ruling)
    return _PAID.get(ruling.jurisdiction, Statement.OTHER)


def _cleared(
    act: Act,
    ruling: Ruling,
    *,
    statement: Statement,
    counts: bool,
    ground: str = "",
    reason: str = "",
    way: Way = Way.CLEARED,
) -> CopyrightRecord:
    by_law = way == Way.CLEARED and ground not in {Ground.LICENCE, Ground.FREE}
    return write(
        act,
        ruling,
        **({} if by_law else {"conditions": []}),
        decided=True,
        statement=statement.value,
        counts=counts,
        ground=ground,
        reason=reason,
        way=way,
        decided_by=_who(act),
    )


def _who(act: Act) -> int | None:
    """The clerk; a program has no name of its own here."""
    return act.actor.id if act.actor.kind is ActorKind.STAFF else None


def _copies(copies: int | None) -> int | None:
    if copies is not None and not 1 <= copies <= MOST_COPIES:
        raise InvalidInput({"copies": _("Give a number of copies between 1 and 99.")})
    return copies


def _reason(reason: str, *, needed: bool) -> str:
    reason = clean_text(reason)
    if needed and not reason:
        raise InvalidInput({"reason": _("Say why.")})
    if len(reason) > LONGEST_REASON:
        raise InvalidInput({"reason": _("That is too long. Please keep it under 300 characters.")})
    return reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A royalty. Without `fee` it is the fee for the article and that for each page together."""

    pages: int
    fee: Decimal | None = None
    base_fee: Decimal | None = None
    page_fee: Decimal | None = None
    currency: str = ""
    rightsholder: str = ""
    title_number: str = ""

    def in_all(self) -> Decimal:
        """What is to be paid."""
        if self.fee is not None:
            return self.fee
        return (self.base_fee or Decimal(0)) + (self.page_fee or Decimal(0)) * self.pages


def pay_royalty(
    *,
    request_id: int,
    fee: Fee,
    actor: Actor,
    at: datetime,
    copies: int | None = None,
    version: int | None = None,
) -> None:
    """Clear it against a royalty. It is owed once the copy came; until then nothing is paid."""
    if fee.pages < 1:
        raise InvalidInput({"pages": _("Say how many pages it has.")})
    if fee.in_all() <= 0:
        raise InvalidInput({"fee": _("Give the fee, or what the article and each page cost.")})
    with acting("pay_royalty", request_id=request_id, actor=actor, at=at, version=version) as act:
        ruling = rule_for(act, copies=_copies(copies))
        statement = _paid_statement(ruling)
        record = _cleared(act, ruling, statement=statement, counts=True, way=Way.ROYALTY)
        known = Royalty.objects.filter(record=record).first()
        if known is not None:
            act.remove(known)
        act.add(
            Royalty(
                record=record,
                base_fee=fee.base_fee,
                page_fee=fee.page_fee,
                pages=fee.pages,
                fee=fee.in_all(),
                currency=fee.currency or act.subject.library.currency,
                rightsholder=clean_text(fee.rightsholder)[:200],
                title_number=clean_text(fee.title_number)[:40],
            )
        )
        settle_hold(act, "paid")


def get_elsewhere(
    *, request_id: int, way: str, actor: Actor, at: datetime, reason: str = "", version: int | None = None
) -> None:
    """Get it from a document supplier who pays the royalty (D3), or buy it. Neither counts (S8)."""
    if way not in {Way.SUPPLIER, Way.BUY}:
        raise InvalidInput({"way": _("Choose how it shall be got.")})
    with acting("get_elsewhere", request_id=request_id, actor=actor, at=at, version=version) as act:
        ruling = rule_for(act)
        text = _reason(reason, needed=False)
        _cleared(act, ruling, statement=Statement.OTHER, counts=False, way=Way(way), reason=text)
        settle_hold(act, way)


def wait_year(*, request_id: int, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Let it wait: on 1 January it is looked at again, and counts in that year."""
    with acting("wait_year", request_id=request_id, actor=actor, at=at, version=version) as act:
        today = local_date(at, act.subject.library.timezone)
        known = record_of(act.subject)
        if known is None:
            known = write(act, rule_for(act), decided=False)
        act.set(known, wait_until=date(today.year + 1, 1, 1))
