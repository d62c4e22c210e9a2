"""What staff do with journals: their titles and ISSNs, and which went on as which (standards §1.5).

Journals are shared by all libraries here, so every change is written down with who, when and from which library.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from illservice.citations.models import (
    IssnKind,
    Journal,
    JournalIssn,
    PeriodicalSort,
    Subscription,
    TitleLink,
)
from illservice.citations.services.changed import holdings_changed
from illservice.citations.text import clean_text
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, Refused
from illservice.core.fitting import refuse_unfit
from illservice.protocols.identifiers import normalise_issn


def add_journal(
    *, title: str, publisher: str, issns: Iterable[str], actor: Actor, at: datetime, sort: str = ""
) -> Journal:
    """A journal that nobody entered yet, with its ISSNs. InvalidInput (`issn`) when one is known or none at all."""
    with transaction.atomic():
        journal = Journal(publisher=clean_text(publisher), sort=_known_sort(sort))
        _set_title(journal, title)
        refuse_unfit(journal)
        journal.save(force_insert=True)
        audit(journal, action="create", actor=actor, at=at, library_id=actor.library_id)
        for issn in issns:
            _add_issn(journal, issn, IssnKind.UNKNOWN, is_linking=False)
        return journal


def change_journal(
    *, journal_id: int, title: str, publisher: str, actor: Actor, at: datetime, sort: str = ""
) -> Journal:
    """Another title, publisher or sort. What is counted by title follows."""
    names = ("title", "publisher", "sort")
    with transaction.atomic():
        journal = _locked(journal_id)
        before = [getattr(journal, name) for name in names]
        _set_title(journal, title)
        journal.publisher, journal.sort = clean_text(publisher), _known_sort(sort)
        changed = [name for name, old in zip(names, before, strict=True) if getattr(journal, name) != old]
        if changed:
            refuse_unfit(journal)
            journal.save(update_fields=[*names, "title_key"])
            _changed([journal], changed, actor, at)
        return journal


def add_issn(
    *, journal_id: int, issn: str, kind: str, is_linking: bool, actor: Actor, at: datetime
) -> JournalIssn:
    """Another ISSN of a journal. InvalidInput (`issn`) when it is none, or another journal's."""
    with transaction.atomic():
        journal = _locked(journal_id)
        row = _add_issn(journal, issn, kind, is_linking=is_linking)
        _changed([journal], ["issns"], actor, at)
        return row


def remove_issn(*, journal_id: int, issn: str, actor: Actor, at: datetime) -> None:
    """Take an ISSN from a journal. NotFound when it is not this journal's."""
    with transaction.atomic():
        journal = _locked(journal_id)
        gone, _rows = journal.issns.filter(value=issn).delete()
        if not gone:
            raise NotFound(issn=issn)
        _changed([journal], ["issns"], actor, at)


def link_titles(
    *,
    earlier_id: int,
    later_id: int,
    changed_on: date | None,
    count_together: bool,
    actor: Actor,
    at: datetime,
) -> TitleLink:
    """Say that one journal went on as another. InvalidInput (`other`) for itself and for what is linked already."""
    if earlier_id == later_id:
        raise InvalidInput({"other": _("This is the same journal.")})
    with transaction.atomic():
        pair = _locked_all([earlier_id, later_id])
        if TitleLink.objects.filter(earlier__in=pair, later__in=pair).exists():
            raise InvalidInput({"other": _("The two are linked already.")})
        link = TitleLink(
            earlier=pair[earlier_id],
            later=pair[later_id],
            changed_on=changed_on,
            count_together=count_together,
        )
        refuse_unfit(link)
        link.save(force_insert=True)
        audit(link, action="create", actor=actor, at=at, library_id=actor.library_id)
        holdings_changed(library_id=None, journal_ids=list(pair), actor=actor, at=at)
        return link


def unlink_titles(*, journal_id: int, link_id: int, actor: Actor, at: datetime) -> None:
    """Take a title change back; `journal_id` is one of the two. NotFound for that of other journals."""
    with transaction.atomic():
        found = TitleLink.objects.select_for_update(of=("self",)).filter(pk=link_id)
        link = found.filter(Q(earlier=journal_id) | Q(later=journal_id)).first()
        if link is None:
            raise NotFound(link=link_id)
        audit(link, action="delete", actor=actor, at=at, library_id=actor.library_id)
        pair = [link.earlier_id, link.later_id]
        link.delete()
        holdings_changed(library_id=None, journal_ids=pair, actor=actor, at=at)


def remove_journal(*, journal_id: int, actor: Actor, at: datetime) -> None:
    """Take away a journal entered by mistake. Refused (`subscribed`) while any library subscribes to it."""
    with transaction.atomic():
        journal = _locked(journal_id)
        if Subscription.objects.filter(journal=journal).exists():
            raise Refused(_("A library here subscribes to it, or has ordered it."), code="subscribed")
        audit(journal, action="delete", actor=actor, at=at, library_id=actor.library_id)
        holdings_changed(library_id=None, journal_ids=[journal.pk], actor=actor, at=at)
        journal.delete()


def _locked(journal_id: int) -> Journal:
    return _locked_all([journal_id])[journal_id]


def _locked_all(journal_ids: Collection[int]) -> dict[int, Journal]:
    """The journals by key, locked in the order of their keys."""
    found = Journal.objects.select_for_update(of=("self",)).filter(pk__in=journal_ids).order_by("pk")
    known = {each.pk: each for each in found}
    for missing in set(journal_ids) - known.keys():
        raise NotFound(journal=missing)
    return known


def _known_sort(sort: str) -> str:
    if sort not in PeriodicalSort.values:
        raise InvalidInput({"sort": _("Choose the sort of periodical from the list.")})
    return sort


def _set_title(journal: Journal, title: str) -> None:
    title = clean_text(title)
    if not title:
        raise InvalidInput({"title": _("Give the title.")})
    journal.set_title(title)


def _add_issn(journal: Journal, issn: str, kind: str, *, is_linking: bool) -> JournalIssn:
    value = normalise_issn(issn)
    if not value:
        raise InvalidInput({"issn": _("“%(issn)s” is not a valid ISSN.") % {"issn": issn[:40]}})
    if kind not in IssnKind.values:
        raise InvalidInput({"kind": _("Choose the edition from the list.")})
    known = JournalIssn.objects.select_related("journal").filter(value=value).first()
    if known is not None:
        words = _("This ISSN belongs to “%(title)s”. An ISSN has one journal.")
        raise InvalidInput({"issn": words % {"title": known.journal.title[:100]}})
    if is_linking:
        journal.issns.filter(is_linking=True).update(is_linking=False)
    return JournalIssn.objects.create(journal=journal, value=value, kind=kind, is_linking=is_linking)


def _changed(journals: list[Journal], names: Collection[str], actor: Actor, at: datetime) -> None:
    for journal in journals:
        audit(journal, action="change", actor=actor, at=at, changed=names, library_id=actor.library_id)
    holdings_changed(library_id=None, journal_ids=[each.pk for each in journals], actor=actor, at=at)
