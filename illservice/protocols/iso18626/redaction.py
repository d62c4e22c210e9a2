"""Leaves out of a message what a log must not keep: the reader's person, and passwords (standards §6, design §4)."""

from lxml import etree

from illservice.protocols.iso18626.codec.document import parse

_LEFT_OUT = frozenset({"patronInfo", "requestingAgencyAuthentication"})


def without_persons(data: bytes) -> str:
    """The same message as text, with the elements about the reader and the passwords emptied.

    Comments and processing instructions fall away. `data` must be readable (`codec.read`).
    """
    root = parse(data, len(data))
    for element in root.iter(etree.Element):
        if etree.QName(element).localname in _LEFT_OUT:
            for child in list(element):
                element.remove(child)
            element.text = None
    return etree.tostring(root, encoding="unicode")
