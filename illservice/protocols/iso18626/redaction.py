"""Leaves out of a message what a log must not keep: the reader's person, and passwords (standards §6, design §4)."""

from lxml import etree

from illservice.protocols.iso18626.codec.document import parse
from illservice.protocols.iso18626.errors import CodecError

_LEFT_OUT = frozenset({"patronInfo", "requestingAgencyAuthentication"})
_WORDS = frozenset({"note", *_LEFT_OUT})
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


def without_words(text: str) -> str:
    """A kept message without what people wrote in it by hand, and without anything about a reader.

    What cannot be read any more becomes the empty text. A message without such words is given back as it is.
    """
    if not text:
        return text
    data = text.encode()
    try:
        root = parse(data, len(data))
    except CodecError:
        return ""
    changed = False
    for element in list(root.iter(etree.Element)):
        if etree.QName(element).localname in _WORDS and (element.text or len(element)):
            for child in list(element):
                element.remove(child)
            element.text, changed = None, True
    return etree.tostring(root, encoding="unicode") if changed else text


def _is_yes(element: etree._Element) -> bool:
    return (element.text or "").strip().lower() in _YES
