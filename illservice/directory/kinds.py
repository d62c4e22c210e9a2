"""What libraries agree on when they lend: conditions by their codes, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

CONDITION_WORDS = {
    "LibraryUseOnly": _("use in the library only"),
    "NoReproduction": _("no copies to be made"),
    "SignatureRequired": _("signature required"),
    "SpecCollSupervReq": _("use under supervision in special collections"),
    "WatchLibraryUseOnly": _("use in the library under supervision"),
}
"""ISO 18626 loanCondition codes in words; other codes stand as they are."""


def condition_words(codes: Iterable[str]) -> list[str]:
    """Conditions in words, in the reader's language; a code nobody knows stands as it is."""
    return [str(CONDITION_WORDS.get(code, code)) for code in codes]
