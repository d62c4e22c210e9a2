"""What a library changes about its calendar: usual days, holidays, closures, vacations. Each change is written down."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.audit import audit
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.fitting import refuse_unfit
from illservice.directory.calendars import is_place
from illservice.directory.models import Calendar, ClosedDay, ClosedSource, Library, Vacation
from illservice.directory.services.holidays import enter

MAY_SET_CALENDAR = frozenset({Role.HEAD, Role.ADMINISTRATOR})
LONGEST_DAYS = 731
"""Longest closure or vacation: a year that is wrong by one must not close a library for ten."""
WEEKDAYS = "1234567"
VACATION = ("first_day", "last_day", "stops_borrowing", "stops_lending", "patron_words", "partner_words")


def _check(actor: Actor, library_id: int) -> None:
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & MAY_SET_CALENDAR:
        raise NotPermitted(action="set_calendar")


def _library(library_id: int) -> Library:
    """The library, locked until the transaction ends: its calendar changes one step at a time."""
    return Library.objects.select_for_update(no_key=True).get(pk=library_id)


def set_usual_days(
    *, library_id: int, closed_weekdays: str, country: str, region: str, actor: Actor, at: datetime
) -> Calendar:
    """Set the weekly closed days (digits 1 Monday to 7 Sunday) and the place whose public holidays count.

    Holidays of this year and the next ones are entered when the place changes; without a country they go.
    """
    _check(actor, library_id)
    if set(closed_weekdays) - set(WEEKDAYS) or len(set(closed_weekdays)) == len(WEEKDAYS):
        raise InvalidInput({"closed_weekdays": _("Leave at least one day of the week open.")})
    if not (is_place(country, region) if country else not region):
        raise InvalidInput({"country": _("No holidays are known for this place.")})
    with transaction.atomic():
        library = _library(library_id)
        weekdays = "".join(sorted(set(closed_weekdays)))
        if library.closed_weekdays != weekdays:
            library.closed_weekdays = weekdays
            library.save(update_fields=["closed_weekdays"])
            audit(
                library,
                action="change",
                actor=actor,
                at=at,
                changed=["closed_weekdays"],
                library_id=library_id,
            )
        calendar, created = Calendar.objects.get_or_create(library=library)
        values = {"country": country, "region": region}
        changed = [name for name, value in values.items() if getattr(calendar, name) != value]
        if changed:
            for name in changed:
                setattr(calendar, name, values[name])
            calendar.save(update_fields=changed)
            audit(calendar, action="create" if created else "change", actor=actor, at=at, changed=changed)
            enter(calendar, at)
        return calendar


def enter_holidays(*, library_id: int, actor: Actor, at: datetime) -> int:
    """Enter the holidays of this year and the next ones anew; what was switched off stays off. How many are new."""
    _check(actor, library_id)
    with transaction.atomic():
        _library(library_id)
        calendar = Calendar.objects.filter(library_id=library_id).exclude(country="").first()
        if calendar is None:
            raise InvalidInput({"country": _("Choose the country first.")})
        count = enter(calendar, at)
        audit(calendar, action="change", actor=actor, at=at, changed=["holidays_until"])
        return count


def switch_holiday(*, library_id: int, day: date, closed: bool, actor: Actor, at: datetime) -> ClosedDay:
    """Say whether the library is closed on a public holiday. It counts for this holiday in the later years, too."""
    _check(actor, library_id)
    with transaction.atomic():
        _library(library_id)
        holidays = ClosedDay.objects.filter(library_id=library_id, source=ClosedSource.HOLIDAY)
        holiday = holidays.filter(date=day).first()
        if holiday is None:
            raise NotFound(day=day)
        same = holidays.filter(name=holiday.name, date__gte=day).exclude(counts=closed)
        if same.update(counts=closed):
            holiday.counts = closed
            audit(holiday, action="change", actor=actor, at=at, changed=["counts"])
        return holiday


def _span(first: date, last: date | None) -> None:
    """Refuse a time that ends before it begins, or that cannot be meant."""
    if last is not None and last < first:
        raise InvalidInput({"last_day": _("This day lies before the first one.")})
    if last is not None and last - first > timedelta(days=LONGEST_DAYS):
        raise InvalidInput({"last_day": _("That is longer than two years. Please look at the year again.")})


def add_closure(
    *,
    library_id: int,
    first_day: date,
    actor: Actor,
    at: datetime,
    last_day: date | None = None,
    name: str = "",
) -> ClosedDay:
    """The library is closed once, from the first to the last day; without a last day on that one day."""
    _check(actor, library_id)
    closure = ClosedDay(library_id=library_id, date=first_day, name=" ".join(name.split()))
    closure.until = last_day if last_day != first_day else None
    _fits(closure, {"date": "first_day", "until": "last_day", "name": "name"})
    _span(first_day, last_day)
    with transaction.atomic():
        _library(library_id)
        known = ClosedDay.objects.filter(library_id=library_id, source=ClosedSource.CLOSURE, date=first_day)
        if known.exists():
            raise InvalidInput({"first_day": _("A closure begins on this day already. Remove it first.")})
        closure.save(force_insert=True)
        audit(closure, action="create", actor=actor, at=at, changed=["date", "until", "name"])
        return closure


def _fits(row: ClosedDay | Vacation, fields: dict[str, str]) -> None:
    """Whether the values fit their columns; a refusal names the fields as the doors do."""
    try:
        refuse_unfit(row, fields)
    except InvalidInput as refusal:
        raise InvalidInput({fields[name]: words for name, words in refusal.fields.items()}) from refusal


def remove_closure(*, library_id: int, first_day: date, actor: Actor, at: datetime) -> ClosedDay:
    """Take a closure back; the row that is returned holds what `add_closure` needs to put it back."""
    _check(actor, library_id)
    with transaction.atomic():
        _library(library_id)
        known = ClosedDay.objects.filter(library_id=library_id, source=ClosedSource.CLOSURE, date=first_day)
        closure = known.first()
        if closure is None:
            raise NotFound(day=first_day)
        audit(closure, action="delete", actor=actor, at=at)
        closure.delete()
        return closure


def add_vacation(
    *,
    library_id: int,
    first_day: date,
    actor: Actor,
    at: datetime,
    last_day: date | None = None,
    stops_borrowing: bool = True,
    stops_lending: bool = True,
    patron_words: str = "",
    partner_words: str = "",
) -> Vacation:
    """Stop borrowing, lending or both from the first to the last day; without a last day until somebody removes it."""
    _check(actor, library_id)
    vacation = Vacation(
        library_id=library_id,
        first_day=first_day,
        last_day=last_day,
        stops_borrowing=stops_borrowing,
        stops_lending=stops_lending,
        patron_words=" ".join(patron_words.split()),
        partner_words=" ".join(partner_words.split()),
        made_by_id=actor.id if actor.kind == ActorKind.STAFF else None,
        made_at=at,
    )
    _refuse_odd(vacation)
    with transaction.atomic():
        library = _library(library_id)
        if last_day is not None and last_day < local_date(at, library.timezone):
            raise InvalidInput({"last_day": _("That day is over already.")})
        vacation.save(force_insert=True)
        audit(
            vacation,
            action="create",
            actor=actor,
            at=at,
            changed=VACATION,
        )
        return vacation


def _refuse_odd(vacation: Vacation) -> None:
    """What cannot be kept, ends before it begins, or stops nothing."""
    _fits(vacation, {name: name for name in VACATION})
    _span(vacation.first_day, vacation.last_day)
    if not vacation.stops_borrowing and not vacation.stops_lending:
        raise InvalidInput({"stops": _("Choose what stops.")})


def remove_vacation(*, library_id: int, vacation_id: int, actor: Actor, at: datetime) -> Vacation:
    """Take a vacation back; the row that is returned holds what `add_vacation` needs to put it back."""
    _check(actor, library_id)
    with transaction.atomic():
        _library(library_id)
        vacation = Vacation.objects.filter(library_id=library_id, pk=vacation_id).first()
        if vacation is None:
            raise NotFound(vacation=vacation_id)
        audit(vacation, action="delete", actor=actor, at=at)
        vacation.delete()
        return vacation
