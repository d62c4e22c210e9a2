"""Words of reasons: those that come with the service in the reader's language, a library's own as it wrote them."""

import pytest
from django.utils import translation

from illservice.directory.models import Library, Reason, ReasonPurpose

SHIPPED = "Only under conditions"


@pytest.mark.parametrize("own", [False, True], ids=["shipped", "the library's own"])
def test_only_shipped_words_are_translated(own: bool) -> None:
    library = Library(name="North") if own else None
    if library is not None:
        library.pk = 7
    reason = Reason(purpose=ReasonPurpose.RETRY, library=library, staff_text=SHIPPED, patron_text=SHIPPED)
    with translation.override("de"):
        words = SHIPPED if own else "Nur unter Bedingungen"
        assert (reason.for_staff, reason.for_patron) == (words, words)


def test_a_reason_without_words_for_the_patron_says_nothing() -> None:
    with translation.override("de"):
        assert Reason(staff_text=SHIPPED).for_patron == ""
