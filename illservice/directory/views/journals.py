"""Pages of those who answer for copyright: one journal, its ISSNs and title changes, what the library has of it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from illservice.citations import selectors
from illservice.citations.forms import titles as title_forms
from illservice.citations.models import IssnKind, Journal, Subscription
from illservice.citations.services import holdings, journals
from illservice.citations.text import clean_text
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.forms import show_refusal
from illservice.core.desk.links import with_query
from illservice.core.errors import InvalidInput, NotFound, Refused
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.directory.views.titles import MAY_IMPORT_TITLES


@require_safe
@staff_page(roles=MAY_IMPORT_TITLES)
def index(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """/titles/<slug>/journals/: those that the library has, or those that `q` finds among all."""
    words = clean_text(request.GET.get("q", ""))[:200]
    page = selectors.journals_to_show(library.pk, words, request.GET.get("cursor"))
    context = {
        "library": library,
        "form": title_forms.FindJournalForm(initial={"q": words}),
        "words": words,
        "journals": [_row(each, library) for each in page.rows],
        "page": {
            "older_url": with_query(request, cursor=page.next_cursor) if page.next_cursor else "",
            "newer_url": with_query(request, cursor=page.previous_cursor) if page.previous_cursor else "",
        },
    }
    return render(request, "directory/journals.html", context)


def _row(journal: Journal, library: Library) -> dict[str, Any]:
    return {
        "title": journal.title,
        "issns": ", ".join(each.value for each in journal.issns.all()),
        "publisher": journal.publisher,
        "mine": vars(journal)["mine"],
        "url": page_of(library, journal.pk),
    }


def page_of(library: Library, journal_id: int) -> str:
    """The page of a journal."""
    return reverse("directory:journal", args=[library.slug, journal_id])


@require_safe
@staff_page(roles=MAY_IMPORT_TITLES)
def show(request: HttpRequest, library: Library, _actor: Actor, journal: int) -> HttpResponse:
    """/titles/<slug>/journals/<key>/: one journal with all that the library knows of it."""
    found = selectors.journal_to_show(journal)
    rows = selectors.subscriptions_to([found.pk], [library.pk])
    context = {
        "library": library,
        "journal": found,
        "issns": [
            {
                "value": each.value,
                "kind": each.get_kind_display() if each.kind != IssnKind.UNKNOWN else "",
                "is_linking": each.is_linking,
                "remove_url": _url(library, found, "remove", "issn", each.value),
            }
            for each in found.issns.all()
        ],
        "links": _links(found, library),
        "subscriptions": [_subscription(each, library) for each in rows],
        "urls": {name: _url(library, found, name) for name in ("edit", "issn", "link", "subscribe")},
        "remove_url": _url(library, found, "remove", "journal", found.pk),
    }
    return render(request, "directory/journal.html", context)


def _url(library: Library, journal: Journal, name: str, *more: Any) -> str:
    return reverse(f"directory:journal_{name}", args=[library.slug, journal.pk, *more])


def _links(journal: Journal, library: Library) -> list[dict[str, Any]]:
    """The title changes of a journal, seen from it."""
    earlier = ((link, link.earlier, _("Before it was called")) for link in journal.earlier_links.all())
    later = ((link, link.later, _("It went on as")) for link in journal.later_links.all())
    return [
        {
            "words": words,
            "title": other.title,
            "url": page_of(library, other.pk),
            "changed_on": link.changed_on,
            "together": link.count_together,
            "remove_url": _url(library, journal, "remove", "link", link.pk),
        }
        for link, other, words in (*earlier, *later)
    ]


def _subscription(row: Subscription, library: Library) -> dict[str, Any]:
    """A subscription as the page shows it."""
    args = [library.slug, row.journal_id, row.pk]
    return {
        "status": row.get_status_display(),
        "tone": {"active": "ok", "ordered": "info"}.get(row.status, "neutral"),
        "facts": [
            {"label": label, "value": value}
            for label, value in (
                (_("Ordered on"), _day(row.ordered_on)),
                (_("Subscribed"), _span(_day(row.starts), _day(row.ends))),
                (_("Issues"), _span(_day(row.covers_from), _day(row.covers_to))),
                (_("Volumes"), _span(row.first_volume, row.last_volume)),
                (_("Newest months that are held back"), row.embargo_months or ""),
                (_("Only so many of the newest months"), row.rolling_months or ""),
                (_("Package"), row.source),
                (_("Your own copy"), row.get_unavailable_display() if row.unavailable else ""),
                (_("Licence"), str(row.licence or "")),
            )
            if value
        ],
        "change_url": reverse("directory:subscription", args=args),
        "end_url": reverse("directory:subscription_end", args=args) if row.status != "cancelled" else "",
        "remove_url": reverse("directory:journal_remove", args=[*args[:2], "subscription", row.pk]),
    }


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _span(first: str, last: str) -> str:
    if not first and not last:
        return ""
    return _("%(first)s to %(last)s") % {"first": first or "…", "last": last or "…"}


# -- Forms ------------------------------------------------------------------------------------------------------


def form_page(
    request: HttpRequest, library: Library, form: forms.Form, title: Any, back: str, **more: Any
) -> HttpResponse:
    """One form on a page."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"library": library, "form": form, "title": title, "back_url": back}
    return render(request, "directory/title_form.html", context | more, status=status)


def done(form: forms.Form, work: Callable[[], Any]) -> Any:
    """What the service gave, or None with its refusal on the form."""
    try:
        return work() or True
    except InvalidInput as refusal:
        show_refusal(form, refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def new(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/journals/new/: a journal that nobody entered yet."""
    form = title_forms.NewJournalForm(_sent(request))
    if form.is_bound and form.is_valid():
        made = done(
            form,
            lambda: journals.add_journal(
                title=form.cleaned_data["title"],
                publisher=form.cleaned_data["publisher"],
                sort=form.cleaned_data["sort"],
                issns=form.issn_list(),
                actor=actor,
                at=clock.now(),
            ),
        )
        if made:
            messages.success(request, _("The journal is entered."))
            return redirect(page_of(library, made.pk))
    back = reverse("directory:journals", args=[library.slug])
    return form_page(request, library, form, _("New journal"), back, lede=_shared())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def edit(request: HttpRequest, library: Library, actor: Actor, journal: int) -> HttpResponse:
    """…/edit/: the title and the publisher."""
    found = selectors.journal_to_show(journal)
    form = title_forms.journal_form(_sent(request), found)

    def save() -> Any:
        return journals.change_journal(journal_id=found.pk, actor=actor, at=clock.now(), **form.cleaned_data)

    if form.is_bound and form.is_valid() and done(form, save):
        messages.success(request, _("The journal is changed."))
        return redirect(page_of(library, found.pk))
    return form_page(
        request, library, form, _("Title and publisher"), page_of(library, found.pk), lede=_shared()
    )


def _shared() -> str:
    return _("Journals are shared by all libraries here: every change is written down with your name.")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def add_issn(request: HttpRequest, library: Library, actor: Actor, journal: int) -> HttpResponse:
    """…/issn/: another ISSN of the journal."""
    found = selectors.journal_to_show(journal)
    form = title_forms.IssnForm(_sent(request))

    def save() -> Any:
        return journals.add_issn(journal_id=found.pk, actor=actor, at=clock.now(), **form.cleaned_data)

    if form.is_bound and form.is_valid() and done(form, save):
        messages.success(request, _("The ISSN is added."))
        return redirect(page_of(library, found.pk))
    title = _("Add an ISSN to “%(title)s”") % {"title": found.title}
    return form_page(request, library, form, title, page_of(library, found.pk), lede=_shared())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def link(request: HttpRequest, library: Library, actor: Actor, journal: int) -> HttpResponse:
    """…/link/: which journal it was before, or is now."""
    found = selectors.journal_to_show(journal)
    form = title_forms.LinkForm(_sent(request))
    if form.is_bound and form.is_valid() and done(form, lambda: _link(form, found, actor)):
        messages.success(request, _("The title change is entered."))
        return redirect(page_of(library, found.pk))
    title = _("Title change of “%(title)s”") % {"title": found.title}
    return form_page(request, library, form, title, page_of(library, found.pk), lede=_shared())


def _link(form: forms.Form, found: Journal, actor: Actor) -> Any:
    data = form.cleaned_data
    other = selectors.journal_of_issn(data["issn"])
    if other is None:
        raise InvalidInput({"issn": _("No journal here has this ISSN. Enter that journal first.")})
    pair = [other.pk, found.pk] if data["other_is"] == title_forms.EARLIER else [found.pk, other.pk]
    try:
        return journals.link_titles(
            earlier_id=pair[0],
            later_id=pair[1],
            changed_on=data["changed_on"],
            count_together=data["count_together"],
            actor=actor,
            at=clock.now(),
        )
    except InvalidInput as refusal:
        raise InvalidInput({"issn": str(refusal)}) from refusal


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def remove(
    request: HttpRequest, library: Library, actor: Actor, journal: int, what: str, key: str
) -> HttpResponse:
    """…/remove/<what>/<key>/: asks first, then takes it away."""
    found = selectors.journal_to_show(journal)
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
    words, work = _removal(found, what, key, number, library, actor)
    back = page_of(library, found.pk)
    if request.method != "POST":
        context = {"library": library, "title": words, "journal": found, "back_url": back}
        return render(request, "directory/title_remove.html", context)
    try:
        work()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(request, _("It is taken away."))
    return redirect("directory:journals", library.slug) if what == "journal" else redirect(back)


def _removal(
    found: Journal, what: str, key: str, number: int, library: Library, actor: Actor
) -> tuple[str, Callable[[], None]]:
    """The question, and what is done when the answer is yes. NotFound for what the journal does not have."""
    about: dict[str, Any] = {"actor": actor, "at": clock.now()}
    if what == "journal" and number == found.pk:
        words = _("Take the journal away?")
        return words, lambda: journals.remove_journal(journal_id=found.pk, **about)
    if what == "issn" and any(each.value == key for each in found.issns.all()):
        words = _("Take the ISSN %(issn)s from this journal?") % {"issn": key}
        return words, lambda: journals.remove_issn(journal_id=found.pk, issn=key, **about)
    links = (*found.earlier_links.all(), *found.later_links.all())
    if what == "link" and number in {each.pk for each in links}:
        words = _("Take this title change back?")
        return words, lambda: journals.unlink_titles(journal_id=found.pk, link_id=number, **about)
    if what == "subscription":
        row = selectors.subscription_of(library.pk, found.pk, number)
        about |= {"library_id": library.pk, "subscription_id": row.pk}
        words = _("Take this subscription away? If it only ended, say since when instead.")
        return words, lambda: holdings.remove_subscription(**about)
    raise NotFound(what=what)


# -- Subscriptions ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def subscribe(request: HttpRequest, library: Library, actor: Actor, journal: int) -> HttpResponse:
    """…/subscribe/: a subscription or an order."""
    found = selectors.journal_to_show(journal)
    form = title_forms.SubscriptionForm(_sent(request), licences=selectors.licences_of(library.pk))

    def save() -> Any:
        return holdings.add_subscription(
            library_id=library.pk, journal_id=found.pk, facts=form.facts, actor=actor, at=clock.now()
        )

    if form.is_bound and form.is_valid() and done(form, save):
        messages.success(request, _("It is entered."))
        return redirect(page_of(library, found.pk))
    title = _("Subscription or order of “%(title)s”") % {"title": found.title}
    return form_page(request, library, form, title, page_of(library, found.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def change(
    request: HttpRequest, library: Library, actor: Actor, journal: int, subscription: int
) -> HttpResponse:
    """…/subscriptions/<key>/: other facts of a subscription."""
    row = selectors.subscription_of(library.pk, journal, subscription)
    form = title_forms.SubscriptionForm(_sent(request), licences=selectors.licences_of(library.pk), row=row)

    def save() -> Any:
        return holdings.change_subscription(
            library_id=library.pk,
            subscription_id=row.pk,
            facts=form.facts,
            seen=form.cleaned_data["seen"],
            actor=actor,
            at=clock.now(),
        )

    if form.is_bound and form.is_valid() and done(form, save):
        messages.success(request, _("It is changed."))
        return redirect(page_of(library, journal))
    title = _("Subscription or order of “%(title)s”") % {"title": row.journal.title}
    return form_page(request, library, form, title, page_of(library, journal))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_IMPORT_TITLES)
def end(
    request: HttpRequest, library: Library, actor: Actor, journal: int, subscription: int
) -> HttpResponse:
    """…/subscriptions/<key>/end/: the last day of a subscription."""
    row, at = selectors.subscription_of(library.pk, journal, subscription), clock.now()
    form = title_forms.EndForm(_sent(request), initial={"on": local_date(at, library.timezone)})

    def save() -> Any:
        return holdings.end_subscription(
            library_id=library.pk, subscription_id=row.pk, on=form.cleaned_data["on"], actor=actor, at=at
        )

    if form.is_bound and form.is_valid() and done(form, save):
        messages.success(request, _("It has ended."))
        return redirect(page_of(library, journal))
    title = _("When does the subscription of “%(title)s” end?") % {"title": row.journal.title}
    return form_page(request, library, form, title, page_of(library, journal))
