"""A citation teaches which journals there are, and which ISSNs are one journal's."""

from django.db import IntegrityError, transaction

from illservice.citations.data import CitationData
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.models import Journal, JournalIssn
from illservice.citations.models.titles import IssnKind
from illservice.citations.selectors import journals_of

_KINDS = {IdentifierKind.ISSN: IssnKind.UNKNOWN, IdentifierKind.EISSN: IssnKind.ELECTRONIC}


def journals_named(citation: CitationData) -> list[Journal]:
    """The journals that a citation may stand in, with its own ISSNs learnt, as files teach them (`titles_import`).

    ISSNs that nobody knew become a journal, or join the one that the others name; journals that are known already are
    never brought together. Without an ISSN nothing is learnt.
    """
    issns = {
        one.normalised: _KINDS[one.kind] for one in citation.identifiers if one.valid and one.kind in _KINDS
    }
    found = journals_of(citation)
    if not issns or len(found) > 1:
        return found
    known = set(JournalIssn.objects.filter(value__in=issns).values_list("value", flat=True))
    new = {value: kind for value, kind in issns.items() if value not in known}
    if not new:
        return found
    try:
        with transaction.atomic():
            return [_learn(found[0] if found else None, citation.title, new)]
    except IntegrityError:
        # Somebody else learnt one of them at this moment.
        return journals_of(citation)


def _learn(journal: Journal | None, title: str, issns: dict[str, IssnKind]) -> Journal:
    if journal is None:
        journal = Journal()
        journal.set_title(title or next(iter(issns)))
        journal.save(force_insert=True)
    JournalIssn.objects.bulk_create(
        JournalIssn(journal=journal, value=value, kind=kind) for value, kind in issns.items()
    )
    return journal
