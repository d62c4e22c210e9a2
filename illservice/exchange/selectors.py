"""Finding who is meant: libraries by their symbols, connections, conversations, the log."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from illservice.core.digest import Line
from illservice.core.errors import NotFound
from illservice.core.models import OutboxRow, OutboxState
from illservice.core.statements import Prepared, number, text
from illservice.directory.models import Library, Partnership, Symbol, SymbolScheme
from illservice.exchange.models import Connection, Conversation, Exchanged
from illservice.protocols.iso18626.messages import AgencyId, MessageKind, MessageStatus

_TYPES = {SymbolScheme.ISIL: "ISIL", SymbolScheme.OCLC: "OCLC", SymbolScheme.LOCAL: "LOCAL"}
_BEST_FIRST = (SymbolScheme.ISIL, SymbolScheme.OCLC, SymbolScheme.LOCAL)


def libraries_named(agency: AgencyId) -> list[Library]:
    """The libraries with this symbol: in its own case first (ISO 15511), else in any; else by their short name."""
    symbols = Symbol.objects.filter(value__iexact=agency.value).select_related("library")
    return _meant(symbols, agency) or list(Library.objects.filter(slug__iexact=agency.value))


def _meant(symbols: Iterable[Symbol], agency: AgencyId) -> list[Library]:
    """Whose symbols these are: those of the list that is named, if there are any, and of them those in its own case."""
    symbols = list(symbols)
    scheme = next((code for code, word in _TYPES.items() if word == agency.type.upper()), None)
    known = [one for one in symbols if scheme is None or one.scheme == scheme] or symbols
    exact = [one for one in known if one.value == agency.value]
    return list({one.library_id: one.library for one in exact or known}.values())


def recipient(agency: AgencyId | None) -> Library | None:
    """The library of ours that a header names; without a name the only one there is."""
    if agency and agency.value:
        ours = [each for each in libraries_named(agency) if _is_ours(each)] or _called(agency)
    else:
        ours = list(Library.objects.filter(is_tenant=True, is_active=True)[:2])
    return ours[0] if len(ours) == 1 else None


def _called(agency: AgencyId) -> list[Library]:
    """The libraries of ours that some partner knows by a symbol of its own."""
    connections = Connection.objects.filter(own_agency__in=_spellings(agency), is_active=True)
    found = Library.objects.filter(pk__in=connections.values("partnership__library_id"))
    return [each for each in found if _is_ours(each)]


def _spellings(agency: AgencyId) -> list[str]:
    """How a symbol may stand in a connection: with its scheme, without it for an ISIL (`read_agency`)."""
    return [str(agency), agency.value] if agency.type.upper() == "ISIL" else [str(agency)]


def _is_ours(library: Library) -> bool:
    return library.is_tenant and library.is_active


def agency_of(library: Library) -> AgencyId:
    """How a library is named on the wire: its ISIL, its OCLC symbol, a local one, or its short name."""
    symbols = sorted(
        library.symbols.all(), key=lambda one: (_BEST_FIRST.index(SymbolScheme(one.scheme)), one.pk)
    )
    if symbols:
        return AgencyId(_TYPES[SymbolScheme(symbols[0].scheme)], symbols[0].value)
    return AgencyId("LOCAL", library.slug.upper())


def read_agency(text: str) -> AgencyId | None:
    """`ISIL:DE-1` as it is typed into a connection; None for nothing."""
    kind, _colon, value = text.strip().partition(":")
    if not value:
        return AgencyId("ISIL", kind) if kind else None
    return AgencyId(kind.strip(), value.strip())


def connection_between(library_id: int, partner_id: int) -> Connection | None:
    """How a library talks with a partner; None when it does not by messages."""
    found = Connection.objects.select_related("partnership__library", "partnership__partner")
    return found.filter(
        partnership__library_id=library_id, partnership__partner_id=partner_id, is_active=True
    ).first()


def connection_from(library: Library, agency: AgencyId) -> Connection | None:
    """The connection of a library with the partner that names itself so."""
    found = Connection.objects.filter(partnership__library=library, is_active=True).select_related(
        "partnership__partner"
    )
    partners = [each.pk for each in libraries_named(agency)]
    named = Q(partnership__partner_id__in=partners) | Q(partner_agency__in=_spellings(agency))
    connection = found.filter(named).order_by("pk").first()
    if connection is not None:
        connection.partnership.library = library
    return connection


_SYMBOLS = Prepared(
    lambda: (
        Symbol.objects.alias(name=Upper("value"))
        .filter(Q(name=Upper(text("ours"))) | Q(name=Upper(text("theirs"))))
        .select_related("library")
        .order_by("pk")
    )
)
_CONNECTION = Prepared(
    lambda: (
        Connection.objects.filter(
            Q(partnership__partner_id=number("partner"))
            | Q(partner_agency__in=[text("their_name"), text("their_short_name")]),
            partnership__library_id=number("library"),
            is_active=True,
        )
        .select_related("partnership")
        .order_by("pk")[:1]
    )
)


def connection_by_symbols(ours: AgencyId | None, theirs: AgencyId | None) -> Connection | None:
    """The connection when each side is named by a symbol of one library: so it is with nearly all messages.

    The same as `recipient` and `connection_from` find, in two statements. None says nothing: then those are asked, who
    know all other ways of naming.
    """
    if ours is None or theirs is None or not ours.value or not theirs.value:
        return None
    symbols = _SYMBOLS.rows(ours=ours.value, theirs=theirs.value)
    library, partner = _the_one(symbols, ours), _the_one(symbols, theirs)
    if library is None or partner is None or not _is_ours(library):
        return None
    names = _spellings(theirs)
    connection = _CONNECTION.first(
        library=library.pk, partner=partner.pk, their_name=names[0], their_short_name=names[-1]
    )
    if connection is not None:
        connection.partnership.library = library
        if connection.partnership.partner_id == partner.pk:
            connection.partnership.partner = partner
    return connection


def _the_one(symbols: Iterable[Symbol], agency: AgencyId) -> Library | None:
    found = _meant((one for one in symbols if one.value.upper() == agency.value.upper()), agency)
    return found[0] if len(found) == 1 else None


_CONVERSATION = Prepared(
    lambda: Conversation.objects.filter(
        library_id=number("library"),
        partner_id=number("partner"),
        side=text("side"),
        requesting_id=text("requesting_id"),
    )
)


def conversation_with(connection: Connection, side: str, requesting_id: str) -> Conversation | None:
    """What was said about a request until now, by the requesting library's id."""
    partnership = connection.partnership
    return _CONVERSATION.first(
        library=partnership.library_id, partner=partnership.partner_id, side=side, requesting_id=requesting_id
    )


def exchange_about(number: str) -> QuerySet[Exchanged]:
    """The whole exchange about one request, in order: all conversations, both directions."""
    found = Exchanged.objects.filter(conversation__number=number).exclude(conversation__number="")
    return found.select_related("conversation__partner").order_by("id")


def exchange_of(library_id: int, number: str) -> QuerySet[Exchanged]:
    """The same, when the request is this library's."""
    return exchange_about(number).filter(conversation__library_id=library_id)


def connections_of(library: Library) -> QuerySet[Connection]:
    """The connections of a library, by the partner's name."""
    found = Connection.objects.filter(partnership__library=library)
    return found.select_related("partnership__partner").order_by("partnership__partner__name")


def has_exchange(library_id: int, number: str) -> bool:
    """Whether there is anything to see on the page about a request's exchange."""
    return exchange_of(library_id, number).exists() or unsent_of(library_id, number).exists()


def unsent_of(library_id: int, number: str) -> QuerySet[OutboxRow]:
    """Messages about a request that wait or were given up, in order."""
    states = (OutboxState.WAITING, OutboxState.LEASED, OutboxState.FAILED)
    found = OutboxRow.objects.filter(subject=number, library=library_id, kind="iso18626", state__in=states)
    return found.exclude(subject="").order_by("id")


def waiting_by_partner(library_id: int) -> dict[int, int]:
    """How many messages wait for each partner (key of its library)."""
    rows = OutboxRow.objects.filter(library=library_id, kind="iso18626", state=OutboxState.WAITING)
    counted = rows.values_list("payload__partner").annotate(count=Count("pk")).order_by()
    return {int(partner): count for partner, count in counted if partner is not None}


def refused_of(partnership: Partnership) -> QuerySet[Exchanged]:
    """Requests of a partner that were refused, so that no desk has them; the newest first."""
    found = Exchanged.objects.filter(
        conversation__library_id=partnership.library_id,
        conversation__partner_id=partnership.partner_id,
        conversation__number="",
        kind=MessageKind.REQUEST,
        outward=False,
        answer_status=MessageStatus.ERROR,
    )
    return found.select_related("conversation").order_by("-pk")


def partnership_with(library: Library, partner: str) -> Partnership:
    """What a library knows of a partner (its short name), with the connection if there is one; NotFound else."""
    found = Partnership.objects.filter(library=library, partner__slug=partner)
    one = found.select_related("library", "partner", "connection").first()
    if one is None:
        raise NotFound(partner=partner)
    return one


def connection_of(partnership: Partnership) -> Connection | None:
    """The connection of a partnership, if there is one."""
    return getattr(partnership, "connection", None)


def digest(library: Library, _branch_id: int | None, _at: datetime) -> list[Line]:
    """Partners whose systems do not answer, for the daily mail to staff. One statement."""
    silent = Connection.objects.filter(partnership__library=library, silent_since__isnull=False).count()
    return [Line(_("Partners whose system does not answer"), silent)] if silent else []
