"""Messages of partners as bytes, and what our service made of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.test import Client

from illservice.protocols.iso18626.codec import read, write
from illservice.protocols.iso18626.messages import (
    Action,
    AgencyId,
    BibliographicInfo,
    Confirmation,
    Edition,
    Header,
    MessageInfo,
    Reason,
    Request,
    RequestConfirmation,
    RequestingMessage,
    RequestingMessageConfirmation,
    RequestType,
    ServiceInfo,
    ServiceType,
    Status,
    StatusInfo,
    SupplyingMessage,
    SupplyingMessageConfirmation,
)
from tests.world import NOON

NORTH = AgencyId("LOCAL", "NORTH")
EASTLAKE = AgencyId("LOCAL", "EASTLAKE")
XML = "application/xml"


def header(*, us_lending: bool, number: str, at: datetime = NOON, **more: Any) -> Header:
    """Between Northfield and Eastlake."""
    supplying, requesting = (NORTH, EASTLAKE) if us_lending else (EASTLAKE, NORTH)
    return Header(supplying, requesting, at, number, **more)


def request(number: str = "E-1", title: str = "The northern shore", **values: Any) -> Request:
    """Eastlake asks us for a loan."""
    service = ServiceInfo(ServiceType.LOAN, request_type=values.pop("kind", RequestType.NEW))
    head = values.pop("header", None) or header(us_lending=True, number=number)
    defaults: dict[str, Any] = {"service": service}
    return Request(head, BibliographicInfo(title=title, author="Ames, L."), **defaults | values)


def news(action: Action, number: str = "E-1", note: str = "", at: datetime = NOON) -> RequestingMessage:
    """Eastlake as the borrower says something."""
    return RequestingMessage(header(us_lending=True, number=number, at=at), action, note)


def answer(number: str, status: Status, at: datetime = NOON, **info: Any) -> SupplyingMessage:
    """Eastlake as the lender answers."""
    said = MessageInfo(info.pop("reason", Reason.STATUS_CHANGE), **info)
    return SupplyingMessage(
        header(us_lending=False, number=number, at=at), said, StatusInfo(status, last_change=at)
    )


def posted(body: bytes, headers: Mapping[str, str] | None = None, content_type: str = XML) -> Any:
    """The HTTP answer of our service."""
    return Client().post("/iso18626", body, content_type=content_type, headers=dict(headers or {}))


def post(
    message: Request | RequestingMessage | SupplyingMessage, edition: Edition = Edition.V1_2
) -> Confirmation:
    """What our service confirms."""
    came = posted(write(message, edition))
    assert came.status_code == 200, came.content
    return confirmed(came.content)


def confirmed(body: bytes) -> Confirmation:
    """A confirmation as it was read."""
    message = read(body).message
    assert isinstance(
        message, RequestConfirmation | RequestingMessageConfirmation | SupplyingMessageConfirmation
    )
    return message


def errors(confirmation: Confirmation) -> list[str]:
    """The error types of a confirmation; none when it is OK."""
    return [str(each.type) for each in confirmation.errors]


def with_header(message: Request, **values: Any) -> Request:
    """The same message with another header."""
    return replace(message, header=replace(message.header, **values))
