"""Text as people and systems send it, made safe to keep. Plain Python, no Django."""

import re
import unicodedata

_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = frozenset("\u200c\u200d")
"""Persian, Indic scripts and emoji are spelled with them."""


def clean_text(text: str) -> str:
    """One line of text: Unicode NFC, without control and formatting characters and halves of surrogate pairs,
    single blanks, none at the ends."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # nearly all text: nothing to mend
    spaced = re.sub(r"\s+", " ", text)
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _DROPPED)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip()
