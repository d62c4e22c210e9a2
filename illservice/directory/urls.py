"""Addresses of the directory's own pages: the calendar, the clocks, the titles."""

from django.urls import path

from illservice.directory.views import calendar, clocks, journals, licences, titles

app_name = "directory"

_CALENDAR = "calendar/<slug:slug>/"
_TITLES = "titles/<slug:slug>/"
_JOURNAL = f"{_TITLES}journals/<int:journal>/"

urlpatterns = [
    path("clocks/<slug:slug>/", clocks.index, name="clocks"),
    path(_CALENDAR, calendar.index, name="calendar"),
    path(f"{_CALENDAR}usual/", calendar.usual, name="calendar_usual"),
    path(f"{_CALENDAR}holidays/", calendar.holidays, name="calendar_holidays"),
    path(f"{_CALENDAR}holiday/", calendar.holiday, name="calendar_holiday"),
    path(f"{_CALENDAR}closure/", calendar.closure, name="calendar_closure"),
    path(f"{_CALENDAR}vacation/", calendar.vacation, name="calendar_vacation"),
    path(f"{_CALENDAR}remove/", calendar.remove, name="calendar_remove"),
    path(f"{_CALENDAR}restore/", calendar.restore, name="calendar_restore"),
    path(_TITLES, titles.titles, name="titles"),
    path(f"{_TITLES}journals/", journals.index, name="journals"),
    path(f"{_TITLES}journals/new/", journals.new, name="journal_new"),
    path(_JOURNAL, journals.show, name="journal"),
    path(f"{_JOURNAL}edit/", journals.edit, name="journal_edit"),
    path(f"{_JOURNAL}issn/", journals.add_issn, name="journal_issn"),
    path(f"{_JOURNAL}link/", journals.link, name="journal_link"),
    path(f"{_JOURNAL}remove/<slug:what>/<slug:key>/", journals.remove, name="journal_remove"),
    path(f"{_JOURNAL}subscribe/", journals.subscribe, name="journal_subscribe"),
    path(f"{_JOURNAL}subscriptions/<int:subscription>/", journals.change, name="subscription"),
    path(f"{_JOURNAL}subscriptions/<int:subscription>/end/", journals.end, name="subscription_end"),
    path(f"{_TITLES}licences/", licences.index, name="licences"),
    path(f"{_TITLES}licences/new/", licences.new, name="licence_new"),
    path(f"{_TITLES}licences/<int:licence>/", licences.change, name="licence"),
    path(f"{_TITLES}licences/<int:licence>/remove/", licences.remove, name="licence_remove"),
]
