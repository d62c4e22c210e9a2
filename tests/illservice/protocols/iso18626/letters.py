"""Messages for the tests of ISO 18626: as XML, as somebody else's system sends them, and as values."""

from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from illservice.protocols.iso18626.codec import NAMESPACE
from illservice.protocols.iso18626.messages import (
    AgencyId,
    BibliographicInfo,
    Edition,
    Header,
    MessageInfo,
    Reason,
    Request,
    ServiceInfo,
    ServiceType,
    Status,
    StatusInfo,
    SupplyingMessage,
)

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LENDER = AgencyId("ISIL", "XX-LEND")
BORROWER = AgencyId("ISIL", "XX-BORROW")
HEADER = Header(LENDER, BORROWER, NOON, "B-17", supplying_request_id="L-9")

SCHEMAS = {Edition.V1_2: "ISO-18626-v1_2.xsd", Edition.V2021_2: "ISO-18626-2021-2.xsd"}


def schemas(shared: Path) -> dict[Edition, etree.XMLSchema]:
    """The published schema of each edition."""
    return {
        edition: etree.XMLSchema(etree.parse(shared / "schemas" / name)) for edition, name in SCHEMAS.items()
    }


def element(name: str, *content: str, **texts: str) -> str:
    """`<name>` around elements that are given whole and texts that are given by name."""
    inner = [*content, *(f"<{key}>{escape(text)}</{key}>" for key, text in texts.items())]
    return f"<{name}>{''.join(inner)}</{name}>"


def agency(name: str, symbol: str) -> str:
    return element(name, agencyIdType="ISIL", agencyIdValue=symbol)


def header(*more: str, timestamp: str = "2026-05-04T12:00:00Z", number: str = "B-17") -> str:
    return element(
        "header",
        agency("supplyingAgencyId", "XX-LEND"),
        agency("requestingAgencyId", "XX-BORROW"),
        element("multipleItemRequestId"),
        element("timestamp", timestamp),
        element("requestingAgencyRequestId", number),
        *more,
    )


def letter(kind: str, *content: str, version: str = ' ill:version="1.2"') -> bytes:
    """A whole message as 1.2 writes it."""
    start = f'<ISO18626Message xmlns="{NAMESPACE}" xmlns:ill="{NAMESPACE}"{version}>'
    return (start + element(kind, *content) + "</ISO18626Message>").encode()


def request_letter(*service: str, **texts: str) -> bytes:
    return letter(
        "request",
        header(),
        element("bibliographicInfo", title="The northern shore", author="Ames, L."),
        element("serviceInfo", *service, **({"serviceType": "Loan"} | texts)),
    )


def supplying_letter(info: str = "", status: str = "", *more: str) -> bytes:
    return letter(
        "supplyingAgencyMessage",
        header(),
        element("messageInfo", info or element("reasonForMessage", "StatusChange")),
        element("statusInfo", status or element("status", "Loaned"), lastChange="2026-05-04T12:00:00Z"),
        *more,
    )


def requesting_letter(action: str = "Received", note: str = "") -> bytes:
    return letter("requestingAgencyMessage", header(), element("action", action), element("note", note))


def a_request() -> Request:
    return Request(
        HEADER, BibliographicInfo(title="The northern shore"), service=ServiceInfo(ServiceType.LOAN)
    )


def an_answer(
    status: Status | None = Status.LOANED, reason: Reason = Reason.STATUS_CHANGE
) -> SupplyingMessage:
    return SupplyingMessage(HEADER, MessageInfo(reason), StatusInfo(status, last_change=NOON))
