"""The calendar file of a letter, with no more in it than the library allows."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from illservice.notices.kinds import DueDate, Letter, ics
from illservice.notices.models import NoticeRules


def calendar_of(letter: Letter, rules: NoticeRules, at: datetime) -> bytes:
    """The dates of a letter, in its language."""
    return calendar_file(
        letter.due, library_name=letter.library_name, language=letter.language, rules=rules, at=at
    )


def calendar_file(
    dates: Sequence[DueDate], *, library_name: str, language: str, rules: NoticeRules, at: datetime
) -> bytes:
    """Dates of one library as a file. The title stands there only if the library wants it: calendars are shared."""
    with override(language):
        item = _("An item you requested")
        events = [
            ics.event(
                uid=each.uid,
                sequence=each.sequence,
                day=each.day,
                summary=_("Bring back: %(item)s (%(library)s)")
                % {
                    "item": (rules.title_in_calendar and each.title) or item,
                    "library": library_name,
                },
                description=_("Bring it back to %(library)s by this day.") % {"library": library_name},
                url=each.url,
                at=at,
            )
            for each in dates
        ]
    return ics.calendar(events)
