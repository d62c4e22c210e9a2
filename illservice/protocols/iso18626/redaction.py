"""Leaves out of a message what a log must not keep: the reader's person, and passwords (standards §6, design §4)."""

from lxml import etree

from illservice.protocols.iso18626.codec.document import parse

_LEFT_OUT = frozenset({"patronInfo", "requestingAgencyAuthentication"})
_READERS_ADDRESS = "requestedDeliveryInfo"
_YES = frozenset({"y", "yes", "true", "1"})


def without_persons(data: bytes) -> str:
    """The same message as text, with the elements about the reader and the passwords emptied.

    Where the item goes straight to the reader, the address for the delivery is the reader's and is emptied, too.
    Comments and processing instructions fall away. `data` must be readable (`codec.read`).
    """
    root = parse(data, len(data))
    # All elements first: an iterator of lxml loses its way when what it stands on is taken out.
    elements = [(etree.QName(each).localname, each) for each in root.iter(etree.Element)]
    to_reader = any(name == "sendToPatron" and _is_yes(each) for name, each in elements)
    unwanted = _LEFT_OUT | {_READERS_ADDRESS} if to_reader else _LEFT_OUT
    for name, element in elements:
        if name in unwanted:
            for child in list(element):
                element.remove(child)
            element.text = None
    return etree.tostring(root, encoding="unicode")


def _is_yes(element: etree._Element) -> bool:
    return (element.text or "").strip().lower() in _YES
