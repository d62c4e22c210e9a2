"""What the lines of a file lead to: which journal each is about, and what is new of it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from illservice.citations.models import Journal, JournalIssn, LicenceTerms, Subscription
from illservice.citations.models.titles import title_key
from illservice.citations.services.titles_file import BadTitle, Issn, TitleRecord


@dataclass(slots=True, eq=False)
class Entry:
    """A journal on the shelf, saved or not; one for each journal."""

    journal: Journal


@dataclass(slots=True)
class Plan:
    """What is to be done for one record. `issns` are those that the journal gets."""

    journal: Journal
    is_new: bool
    issns: list[Issn]
    subscription: Subscription | None = None
    is_new_subscription: bool = False
    changed: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """What the line led to."""
        if self.is_new or self.is_new_subscription:
            return "created"
        return "updated" if self.issns or self.changed else "unchanged"


Mine = dict[tuple[int, str], Subscription]
"""A library's subscriptions by journal and beginning of the range."""


class Shelf:
    """The journals that a file speaks of, as they are and as they will be; a dry run keeps all of it in memory."""

    def __init__(self, library_id: int, source: str) -> None:
        self.library_id, self.source = library_id, source
        self.forget()

    def forget(self) -> None:
        """After a transaction that failed nothing in memory is true."""
        self._entries: dict[int, Entry] = {}
        self._new: list[Entry] = []
        self._by_issn: dict[str, Entry] = {}
        self._by_title: dict[str, list[Entry]] = {}
        self._lines: dict[tuple[Entry, str], int] = {}
        self._licences: dict[str, int] | None = None

    def plans(self, batch: list[TitleRecord]) -> tuple[list[Plan], list[tuple[int, BadTitle]]]:
        """Compare the records with what is there, in three statements for the whole batch."""
        mine = self._look_up(batch)
        plans, rejected = [], []
        for record in batch:
            try:
                plans.append(self._plan(record, mine))
            except BadTitle as bad:
                rejected.append((record.line, bad))
        return plans, rejected

    def _look_up(self, batch: list[TitleRecord]) -> Mine:
        self._entries |= {each.journal.pk: each for each in self._new if each.journal.pk}
        self._new = [each for each in self._new if not each.journal.pk]
        issns = {one.value for each in batch for one in each.issns}
        keys = {title_key(each.title) for each in batch if not each.issns}
        known = JournalIssn.objects.filter(value__in=issns - self._by_issn.keys())
        for row in known.select_related("journal"):
            self._by_issn[row.value] = self._entry(row.journal)
        for journal in Journal.objects.filter(title_key__in=keys):
            self._put(self._entry(journal))
        named = [self._by_issn[each] for each in issns & self._by_issn.keys()]
        named += [each for key in keys for each in self._by_title.get(key, ())]
        saved = {each.journal.pk for each in named if each.journal.pk}
        found = Subscription.objects.filter(library=self.library_id, source=self.source, journal__in=saved)
        return {(each.journal_id, each.covers_key): each for each in found}

    def _entry(self, journal: Journal) -> Entry:
        return self._entries.setdefault(journal.pk, Entry(journal))

    def _put(self, one: Entry) -> None:
        bearers = self._by_title.setdefault(one.journal.title_key, [])
        if one not in bearers:
            bearers.append(one)

    def _plan(self, record: TitleRecord, mine: Mine) -> Plan:
        if record.holding is not None and record.licence:
            record.holding["licence_id"] = self.licence(record.licence)
        found = self._candidates(record)
        if len(found) > 1:
            raise BadTitle(*_AMBIGUOUS[bool(record.issns)])
        one = next(iter(found), None) or _new(record)
        key = _covers_key(record)
        first = self._lines.setdefault((one, key), record.line)
        if first != record.line:
            raise BadTitle("duplicate", f"The same journal and range stand in line {first}.")
        issns = [each for each in record.issns if each.value not in self._by_issn]
        self._by_issn |= {each.value: one for each in issns}
        if not found:
            self._new.append(one)
            self._put(one)
        plan = Plan(one.journal, is_new=not found, issns=issns)
        self._subscribe(plan, record, key, mine)
        return plan

    def licence(self, name: str) -> int:
        """The licence of the library that bears this name; BadTitle when none does."""
        if self._licences is None:
            known = LicenceTerms.objects.filter(library=self.library_id).values_list("name", "pk")
            self._licences = {each.casefold(): pk for each, pk in known}
        found = self._licences.get(name.casefold())
        if found is None:
            raise BadTitle("licence", "No licence of the library has this name.")
        return found

    def _candidates(self, record: TitleRecord) -> Collection[Entry]:
        """The journals that a record may be about: by its ISSNs, by its title only when it has none."""
        if record.issns:
            return {self._by_issn[one.value] for one in record.issns if one.value in self._by_issn}
        return self._by_title.get(title_key(record.title), [])

    def _subscribe(self, plan: Plan, record: TitleRecord, key: str, mine: Mine) -> None:
        if record.holding is None:
            return
        known = mine.get((plan.journal.pk, key)) if plan.journal.pk else None
        if known is None:
            plan.is_new_subscription = True
            plan.subscription = Subscription(
                library=self.library_id, source=self.source, covers_key=key, **record.holding
            )
            return
        plan.subscription = known
        said = {name: value for name, value in record.holding.items() if name in record.said}
        plan.changed = [name for name, value in said.items() if getattr(known, name) != value]
        for name in plan.changed:
            setattr(known, name, record.holding[name])


def _new(record: TitleRecord) -> Entry:
    journal = Journal(publisher=record.publisher)
    journal.set_title(record.title)
    return Entry(journal)


_AMBIGUOUS = {
    True: (
        "two_journals",
        "Its ISSNs belong to two journals that are known here; staff bring them together.",
    ),
    False: ("ambiguous_title", "Several journals bear this title: give an ISSN."),
}


def _covers_key(record: TitleRecord) -> str:
    """What tells one range of a journal from another: where it begins."""
    if not record.holding:
        return ""
    begins = record.holding["covers_from"]
    return f"{begins.isoformat() if begins else ''}/{record.holding['first_volume']}"
