"""Messages of ISO 18626 that broke on the way, or were broken on purpose (R13)."""

import random
from collections.abc import Callable, Iterator

from lxml import etree

from illservice.protocols.iso18626.codec import LONGEST_MESSAGE, NAMESPACE, write
from illservice.protocols.iso18626.messages import (
    Action,
    BibliographicInfo,
    BibliographicItemId,
    Edition,
    PhysicalAddress,
    PublicationInfo,
    Reason,
    Request,
    RequestedDelivery,
    RequestType,
    ServiceInfo,
    ServiceType,
    Status,
)
from tests.exchange.letters import answer, header, wish
from tests.exchange.test_orders import DUE
from tests.illservice.hostile import HOSTILE

VALUES = [
    *(text for text in HOSTILE.values() if len(text) < 20_000),
    "", "Y", "true", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T12:00:00Z", "-1", "1e99", "NaN",
    "99999999999999.99", "x" * 300, "Loaned", "Cancel", "New", "Reminder", "#ReShareLoanConditionAgreeResponse#",
]  # fmt: skip


def originals(borrowed: str, lent: str) -> list[bytes]:
    """Whole messages about a request of ours (`borrowed`), one of the borrower's (`lent`), and a new one."""
    return [
        answer(
            borrowed, 1, Status.WILL_SUPPLY, Reason.REQUEST_RESPONSE, conditions=("NoReproduction",), cost="5"
        ).data,
        answer(borrowed, 2, Status.LOANED, due=DUE, note="On its way.").data,
        answer(borrowed, 3, Status.LOANED, Reason.RENEW_RESPONSE, yes=True, due=DUE).data,
        answer(borrowed, 4, Status.UNFILLED, reason_unfilled="NotOnShelf").data,
        answer(borrowed, 5, Status.COPY_COMPLETED, link="https://copies.example/1").data,
        *(wish(lent, number, action, "Please.").data for number, action in enumerate(Action, start=1)),
        new_request("N-1", edition=Edition.V1_2),
        new_request("N-2"),
    ]


def new_request(
    number: str, title: str = "A Short History of Bees", edition: Edition = Edition.V2021_2
) -> bytes:
    """A library asks for a book."""
    request = Request(
        header=header(number, 0),
        bibliographic=BibliographicInfo(
            title=title,
            author="Hale, Miriam",
            volumes=("2",),
            item_ids=(BibliographicItemId("9780306406157", "ISBN"),),
        ),
        service=ServiceInfo(ServiceType.LOAN, RequestType.NEW, note="For a course."),
        publication=PublicationInfo(publisher="Orchard", type="Book", date="1998"),
        deliveries=(RequestedDelivery(PhysicalAddress("1 Main Street", locality="Northfield"), 1),),
    )
    return write(request, edition)


def _flip(data: bytes, dice: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        broken[dice.randrange(len(broken))] = dice.randrange(256)
    return bytes(broken)


def _cut(data: bytes, dice: random.Random) -> bytes:
    first, second = sorted(dice.sample(range(len(data)), 2))
    return data[:first] + data[second:] if dice.random() < 0.5 else data[:second]


def _repeat(data: bytes, dice: random.Random) -> bytes:
    first, second = sorted(dice.sample(range(len(data)), 2))
    return data[:second] + data[first:second] * dice.randint(1, 4) + data[second:]


def _insert(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    what = dice.choice(
        [b"\x00", b"&#0;", b"&lt;", b"&x;", b"<![CDATA[x]]>", b"<a/>", b"<!--", b"\xff\xfe", b"<?x?>"]
    )
    return data[:place] + what + data[place:]


def _tree(data: bytes) -> tuple[etree._Element, list[etree._Element]]:
    root = etree.fromstring(data)
    return root, [each for each in root.iter(etree.Element) if each is not root]


def _text(data: bytes, dice: random.Random) -> bytes:
    """Another text in one to three elements, as it could stand in XML."""
    root, elements = _tree(data)
    for each in dice.sample([one for one in elements if len(one) == 0], dice.randint(1, 3)):
        value = dice.choice(VALUES)
        each.text = "".join(
            one for one in value if one in "\t\n" or " " <= one < "\ud800" or "\ue000" <= one < "\ufffe"
        )
    return etree.tostring(root)


def _move(data: bytes, dice: random.Random) -> bytes:
    """Elements away, twice, elsewhere or under another name."""
    root, elements = _tree(data)
    each, other = dice.sample(elements, 2)
    kind = dice.randrange(4)
    parent = each.getparent()
    if parent is None:
        return data
    if kind == 0:
        parent.remove(each)
    elif kind == 1:
        parent.append(etree.fromstring(etree.tostring(each)))
    elif kind == 2:
        other.append(etree.fromstring(etree.tostring(each)))
    else:
        each.tag = other.tag
    return etree.tostring(root)


def _encode(data: bytes, dice: random.Random) -> bytes:
    text = data.decode()
    encoding = dice.choice(["utf-16", "utf-16-le", "utf-7", "latin-1", "utf-32", "cp037", "utf-8-sig"])
    return text.replace("UTF-8", dice.choice(["UTF-8", encoding])).encode(encoding)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _cut, _repeat, _insert, _text, _text, _text, _move, _move, _encode,
)  # fmt: skip


def mutants(whole: list[bytes], count: int, seed: int = 1) -> Iterator[bytes]:
    """So many broken messages, the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - the same ones every time
    for _ in range(count):
        yield dice.choice(MUTATIONS)(dice.choice(whole), dice)


def _within(inner: str, prolog: str = "") -> bytes:
    return (
        f'{prolog}<ISO18626Message xmlns="{NAMESPACE}"><request>{inner}</request></ISO18626Message>'.encode()
    )


def corpus() -> dict[str, bytes]:
    """Attacks that are known by name. None of them is a message."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    big = "x" * 40_000
    return {
        "entity of a file": _within("&x;", '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "entity of another machine": _within(
            "&x;", '<!DOCTYPE x [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>'
        ),
        "parameter entity": _within("", '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd">%p;]>'),
        "billion laughs": _within("&a9;", f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>'),
        "quadratic blow-up": _within("&x;" * 10_000, f'<!DOCTYPE x [<!ENTITY x "{big}">]>'),
        "DTD of elsewhere": _within("", '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'),
        "DOCTYPE alone": _within("", "<!DOCTYPE ISO18626Message>"),
        "DOCTYPE in UTF-16": _within("", "<!DOCTYPE x [<!ENTITY x 'y'>]>").decode().encode("utf-16"),
        "DOCTYPE in UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<request/>',
        "XInclude": b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
        "deep": b"<a>" * 20_000 + b"</a>" * 10_000,
        "deep inside": _within("<a>" * 5_000 + "</a>" * 5_000),
        "many attributes": b"<request " + b" ".join(b'a%d="1"' % n for n in range(5_000)) + b"/>",
        "NUL": _within("\0"),
        "NUL as a reference": _within("&#0;"),
        "nothing": b"\n",
        "one byte too long": b" " * (LONGEST_MESSAGE + 1),
        "much too long": b"<a>" * LONGEST_MESSAGE,
    }
