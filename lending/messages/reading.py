"""From a request of ISO 18626 to what our desk takes in (standards §8). Of the reader only an address to ship to."""

from datetime import tzinfo

from illservice.citations.data import CitationData, unique_identifiers
from illservice.citations.identifiers import IdentifierKind, read_identifier
from illservice.citations.kinds import Kind, Material
from illservice.protocols.iso18626.messages import (
    Address,
    ElectronicAddress,
    PatronInfo,
    PhysicalAddress,
    Request,
    ServiceInfo,
    ServiceType,
)
from illservice.protocols.iso18626.moments import calendar_date
from illservice.protocols.iso18626.notes import words_of
from lending.models import Channel, DeliveryWay
from lending.services.intake import NewLending

_KINDS = {
    ServiceType.COPY: Kind.COPY,
    ServiceType.LOAN: Kind.LOAN,
    ServiceType.COPY_OR_LOAN: Kind.EITHER,
}
_MATERIALS = {
    "article": Material.ARTICLE,
    "newspaper": Material.ARTICLE,
    "chapter": Material.CHAPTER,
    "book": Material.BOOK,
    "audiobook": Material.RECORDING,
    "conferenceproc": Material.BOOK,
    "journal": Material.JOURNAL,
    "map": Material.MAP,
    "movie": Material.RECORDING,
    "musicrecording": Material.RECORDING,
    "soundrecording": Material.RECORDING,
    "musicscore": Material.SCORE,
    "patent": Material.PATENT,
    "report": Material.REPORT,
    "governmentpubl": Material.REPORT,
    "thesis": Material.THESIS,
}
"""PublicationType of the open lists; what is not here is "other"."""
_ITEM_CODES = {"isbn": IdentifierKind.ISBN, "issn": IdentifierKind.ISSN, "ismn": IdentifierKind.ISMN}
_RECORD_CODES = {
    "oclc": IdentifierKind.OCLC,
    "lccn": IdentifierKind.LCCN,
    "pmid": IdentifierKind.PMID,
    "medline": IdentifierKind.PMID,
    "doi": IdentifierKind.DOI,
}
_LINKS = frozenset({"url", "email", "articleexchange", "odyssey", "ftp"})


def new_lending(message: Request, zone: tzinfo) -> NewLending:
    """What is asked for. `zone` is the borrower's, for days that are sent as moments."""
    service = message.service
    wanted = _KINDS[service.service_type] if service else Kind.EITHER
    electronic = _electronic(message)
    is_patron = bool(message.patron.send_to_patron)
    costs = message.billing.maximum_costs
    return NewLending(
        material=_material(message, wanted),
        wanted=wanted,
        citation=_citation(message),
        channel=Channel.ISO18626,
        borrower_number=message.header.requesting_request_id[:80],
        borrower_symbol=str(message.header.requesting)[:60],
        need_by=calendar_date(service.need_before, zone) if service and service.need_before else None,
        any_edition=bool(service and service.any_edition),
        volume_wanted="; ".join(message.bibliographic.volumes)[:100] if wanted != Kind.COPY else "",
        service_level=str(service.service_level)[:40] if service else "",
        max_cost=costs.amount if costs else None,
        max_cost_currency=str(costs.currency)[:3] if costs else "",
        copyright_statement=str(service.copyright_compliance)[:60] if service else "",
        delivery=DeliveryWay.LINK if electronic else DeliveryWay.MAIL,
        ship_to=_patron_address(message.patron) if is_patron else _library_address(message),
        sent_to_patron=is_patron,
        electronic_address=electronic[:500],
        note=words_of(service.note)[:5000] if service else "",
        previous_number=_previous(service),
    )


def _previous(service: ServiceInfo | None) -> str:
    return service.previous_request_id[:80] if service else ""


def _material(message: Request, wanted: Kind) -> str:
    named = message.publication.type.replace("-", "").replace(" ", "").lower()
    if named:
        return _MATERIALS.get(named, Material.OTHER)
    if message.bibliographic.title_of_component or wanted == Kind.COPY:
        issn = any(one.code.lower() == "issn" for one in message.bibliographic.item_ids)
        return Material.ARTICLE if issn or message.bibliographic.issue else Material.CHAPTER
    return Material.BOOK


def _citation(message: Request) -> CitationData:
    info, publication = message.bibliographic, message.publication
    title = f"{info.title}: {info.subtitle}" if info.title and info.subtitle else info.title or info.subtitle
    texts = {
        "title": title,
        "article_title": info.title_of_component,
        "author": info.author,
        "article_author": info.author_of_component,
        "publisher": publication.publisher,
        "place": publication.place,
        "edition": info.edition,
        "series": info.series_title,
        "volume": "; ".join(info.volumes),
        "issue": info.issue,
        "date": publication.date,
        "pages": info.pages_requested,
    }
    codes = [
        *((_ITEM_CODES.get(one.code.lower()), one.identifier) for one in info.item_ids),
        *((_RECORD_CODES.get(one.code.lower()), one.identifier) for one in info.record_ids),
    ]
    identifiers = [read_identifier(kind, text) for kind, text in codes if kind is not None and text]
    return CitationData.from_mapping(texts, identifiers=unique_identifiers(identifiers))


def _addresses(message: Request) -> list[Address]:
    wanted = sorted(message.deliveries, key=lambda one: one.sort_order if one.sort_order is not None else 99)
    return [one.address for one in wanted if one.address is not None]


def _electronic(message: Request) -> str:
    """Where a copy shall be sent, when the first wish is an electronic way."""
    first = next(iter(_addresses(message)), None)
    if isinstance(first, ElectronicAddress):
        return first.data or first.type
    methods = [one.method.lower() for one in message.deliveries if one.method]
    return methods[0] if methods and methods[0] in _LINKS else ""


def _library_address(message: Request) -> str:
    known = [*_addresses(message), *message.agency.addresses]
    postal = next((one for one in known if isinstance(one, PhysicalAddress)), None)
    return (
        "\n".join([message.agency.name] * bool(message.agency.name) + _lines(postal))[:2000] if postal else ""
    )


def _patron_address(patron: PatronInfo) -> str:
    postal = next((one for one in patron.addresses if isinstance(one, PhysicalAddress)), None)
    name = f"{patron.given_name} {patron.surname}".strip()
    return "\n".join([name] * bool(name) + _lines(postal))[:2000]


def _lines(address: PhysicalAddress | None) -> list[str]:
    if address is None:
        return []
    place = f"{address.postal_code} {address.locality}".strip()
    return [line for line in (address.line1, address.line2, place, address.region, address.country) if line]
