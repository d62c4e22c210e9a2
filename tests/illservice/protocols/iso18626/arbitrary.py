"""Arbitrary messages of all six kinds for property tests: every field, no empty group in a list."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from illservice.protocols.iso18626 import messages as m
from illservice.protocols.iso18626.moments import due_moment

TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12)
    | st.sampled_from(["a & b", "<b>", "one\ntwo", "a\r\nb", 'say "so"', "]]>", "Ωé漢😀", "x\u2028y"])
).map(str.strip)
WORDS = TEXTS.filter(bool)
SCHEMES = st.sampled_from(
    [
        "",
        "http://illtransactions.org/ISO18626/OpenCodeList/ReasonUnfilled-V1.0",
        "urn:x:y",
        "not a uri",
        "%zz",
    ]
)
CODES = st.builds(m.Code, WORDS, SCHEMES) | TEXTS
FULL_CODES = st.builds(m.Code, WORDS, SCHEMES) | WORDS
MOMENTS = st.builds(
    lambda naive, minutes: naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))),
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),  # noqa: DTZ001 - the offset comes after
    st.integers(-14 * 60, 14 * 60),
) | st.dates(datetime(2, 1, 1, tzinfo=UTC).date(), datetime(9998, 1, 1, tzinfo=UTC).date()).map(due_moment)
AMOUNTS = st.decimals(Decimal(-10) ** 9, Decimal(10) ** 9, allow_nan=False, allow_infinity=False, places=3)
YES_OR_NO = st.none() | st.booleans()


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


AGENCIES = st.builds(m.AgencyId, CODES, WORDS)
COSTS = st.builds(m.Money, AMOUNTS, CODES)
HEADERS = st.builds(m.Header, AGENCIES, AGENCIES, MOMENTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, maybe(AGENCIES))
REQUEST_HEADERS = st.builds(
    m.Header, maybe(AGENCIES), AGENCIES, MOMENTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, maybe(AGENCIES)
)
POSTAL = st.builds(m.PhysicalAddress, TEXTS, TEXTS, TEXTS, TEXTS, CODES, CODES).filter(
    lambda one: one != m.PhysicalAddress()
)
ADDRESSES = POSTAL | st.builds(m.ElectronicAddress, CODES, WORDS)
RECORD_IDS = st.builds(m.BibliographicRecordId, WORDS, CODES)
ERRORS = st.builds(m.ErrorData, st.sampled_from(m.ErrorType), TEXTS)

BIBLIOGRAPHIC = st.builds(
    m.BibliographicInfo,
    *([TEXTS] * 9),
    volumes=some(WORDS),
    issue=TEXTS,
    pages_requested=TEXTS,
    estimated_pages=TEXTS,
    item_ids=some(st.builds(m.BibliographicItemId, WORDS, CODES)),
    sponsor=TEXTS,
    information_source=TEXTS,
    record_ids=some(RECORD_IDS),
)
SERVICES = st.builds(
    m.ServiceInfo,
    st.sampled_from(m.ServiceType),
    maybe(st.sampled_from(m.RequestType)),
    some(st.sampled_from(m.RequestSubType)) | st.just(tuple(m.RequestSubType)),
    TEXTS,
    CODES,
    CODES,
    maybe(MOMENTS),
    CODES,
    YES_OR_NO,
    maybe(st.sampled_from(m.PreferredEdition)),
    some(FULL_CODES),
    maybe(MOMENTS),
    maybe(MOMENTS),
    TEXTS,
)
ORDERS = maybe(st.integers(-9, 10**6))
SUPPLIERS = st.builds(m.SupplierInfo, ORDERS, maybe(AGENCIES), WORDS, maybe(RECORD_IDS), TEXTS, TEXTS, TEXTS)
DELIVERIES = st.builds(m.RequestedDelivery, ADDRESSES, ORDERS, CODES, CODES)
REQUESTS = st.builds(
    m.Request,
    REQUEST_HEADERS,
    BIBLIOGRAPHIC,
    maybe(SERVICES),
    st.builds(m.PublicationInfo, TEXTS, TEXTS, CODES, TEXTS, TEXTS),
    some(SUPPLIERS),
    some(DELIVERIES),
    st.builds(m.AgencyInfo, TEXTS, TEXTS, some(ADDRESSES)),
    st.builds(m.PatronInfo, TEXTS, TEXTS, TEXTS, CODES, YES_OR_NO, some(ADDRESSES)),
    st.builds(m.BillingInfo, CODES, maybe(COSTS), CODES, TEXTS, maybe(ADDRESSES)),
)

STATUSES = st.builds(
    m.StatusInfo, maybe(st.sampled_from(m.Status)), maybe(MOMENTS), maybe(MOMENTS), maybe(MOMENTS)
)
INFOS = st.builds(
    m.MessageInfo,
    st.sampled_from(m.Reason),
    YES_OR_NO,
    TEXTS,
    CODES,
    CODES,
    maybe(COSTS),
    maybe(MOMENTS),
    maybe(MOMENTS),
)
SERVICE_TYPES = maybe(st.sampled_from(m.ServiceType))
LISTS = some(FULL_CODES)
RETRIES = st.builds(
    m.RetryInfo,
    LISTS, some(WORDS), LISTS, some(WORDS), SERVICE_TYPES, LISTS, LISTS, LISTS, some(COSTS), LISTS,
)  # fmt: skip
DELIVERED = st.builds(
    m.DeliveryInfo,
    maybe(MOMENTS), some(WORDS), CODES, YES_OR_NO, LISTS, CODES, some(COSTS), TEXTS, maybe(ADDRESSES), SERVICE_TYPES,
    CODES,
)  # fmt: skip
SUPPLYING = st.builds(
    m.SupplyingMessage,
    HEADERS,
    INFOS,
    STATUSES,
    maybe(DELIVERED),
    RETRIES | st.just(m.RetryInfo()),
    st.builds(m.ShippingInfo, CODES, some(WORDS), YES_OR_NO, YES_OR_NO, TEXTS, some(COSTS)),
    st.builds(m.ReturnInfo, maybe(AGENCIES), TEXTS, maybe(POSTAL)),
)
REQUESTING = st.builds(m.RequestingMessage, HEADERS, st.sampled_from(m.Action), TEXTS)

CONFIRMATION_HEADERS = st.builds(
    m.ConfirmationHeader,
    maybe(AGENCIES), maybe(AGENCIES), MOMENTS, TEXTS, TEXTS, MOMENTS, st.sampled_from(m.MessageStatus),
)  # fmt: skip
CONFIRMATIONS = (
    st.builds(m.RequestConfirmation, CONFIRMATION_HEADERS, some(ERRORS))
    | st.builds(
        m.SupplyingMessageConfirmation,
        CONFIRMATION_HEADERS,
        maybe(st.sampled_from(m.Reason)),
        some(ERRORS),
    )
    | st.builds(
        m.RequestingMessageConfirmation,
        CONFIRMATION_HEADERS,
        maybe(st.sampled_from(m.Action)),
        some(ERRORS),
    )
)
MESSAGES = REQUESTS | SUPPLYING | REQUESTING | CONFIRMATIONS
