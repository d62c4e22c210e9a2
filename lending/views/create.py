"""The desk types a request in: who asks, what kind of thing, the details, what speaks against it, done."""

from http import HTTPStatus
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from illservice.citations.forms.staff import Checked
from illservice.citations.forms.start import read_pasted
from illservice.citations.kinds import Kind, Material
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.clock import local_date
from illservice.core.desk.forms import show_refusal
from illservice.core.errors import InvalidInput
from illservice.directory.doors import staff_page
from illservice.directory.forms import NewPartnerForm
from illservice.directory.models import Library, Partnership
from illservice.directory.selectors import away_from_lending, partnerships_of, search_partners
from illservice.directory.services import add_partner
from lending.forms.create import CreateForm, FindBorrowerForm, PasteForm
from lending.selectors.page import desk_of_library, same_lately
from lending.services.intake import submit
from lending.views.links import LINKS
from lending.workflow.rights import DESK
from lending.workflow.rules import Asked, Standing, answer_at_once
from lending.workflow.states import Wording


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=DESK)
def new(request: HttpRequest, library: Library, actor: Actor) -> HttpResponseBase:
    """/lend/<slug>/new/: the steps follow from what is known already: `borrower` (short name) and `material`."""
    values = request.POST if request.method == "POST" else request.GET
    slug = values.get("borrower", "").replace("\x00", "")  # PostgreSQL takes no NUL
    partnership = partnerships_of(library).filter(partner__slug=slug).first() if slug else None
    if partnership is None:
        return _find(request, library, actor)
    partnership.library = library
    pasted = read_pasted(request.GET.get("pasted", ""))
    material = values.get("material", "") or pasted.material
    if material not in Material.values:
        return _choose(request, library, partnership)
    if request.method == "POST":
        return _submit(request, library, actor, partnership, material)
    said = {name: str(value) for name, value in pasted.values.items()}
    form = CreateForm(partnership=partnership, material=material, initial=said | {"token": uuid4().hex})
    return _form_page(request, library, partnership, form)


def _here(library: Library, **query: str) -> str:
    return f"{LINKS.page('new', library.slug)}?{urlencode(query)}"


def _find(request: HttpRequest, library: Library, actor: Actor) -> HttpResponseBase:
    """Who asks? A library that is no partner yet becomes one."""
    added = NewPartnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and added.is_valid():
        try:
            made = add_partner(library_id=library.pk, actor=actor, at=clock.now(), **added.cleaned_data)
        except InvalidInput as refusal:
            show_refusal(added, refusal)
        else:
            return HttpResponseRedirect(_here(library, borrower=made.partner.slug))
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "find_form": FindBorrowerForm(initial={"q": words}),
        "form": added,
        "words": words,
        "found": [
            {
                "name": each.partner.name,
                "symbols": [symbol.value for symbol in each.partner.symbols.all()],
                "url": _here(library, borrower=each.partner.slug),
            }
            for each in search_partners(library, words)
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if added.is_bound else HTTPStatus.OK
    return render(request, "lending/create_borrower.html", context, status=status)


def _choose(request: HttpRequest, library: Library, partnership: Partnership) -> HttpResponse:
    """What kind of thing is it? A number or a link may say so."""
    pasted = request.GET.get("pasted", "")
    paste = PasteForm(request.GET if pasted else None)
    context = {
        "who": partnership.partner.name,
        "detail": partnership.get_system_display(),
        "start_label": _("Another library"),
        "materials": [
            {
                "label": material.label.capitalize(),
                "url": _here(
                    library, borrower=partnership.partner.slug, material=material.value, pasted=pasted
                ),
            }
            for material in Material
        ],
        "paste_form": paste,
        "borrower": partnership.partner.slug,
        "start_url": LINKS.page("new", library.slug),
    }
    return render(request, "desk/create_material.html", context)


def _form_page(
    request: HttpRequest,
    library: Library,
    partnership: Partnership,
    form: CreateForm,
    *,
    checked: Checked | None = None,
) -> HttpResponse:
    name = partnership.partner.name
    context = {
        "form": form,
        "who": name,
        "detail": form.kind_of_thing.label.capitalize(),
        "checked": checked,
        "change_url": _here(library, borrower=partnership.partner.slug),
        "start_url": LINKS.page("new", library.slug),
        "start_label": _("Another library"),
    }
    wrong = form.is_bound and form.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "desk/create.html", context, status=status)


def _submit(
    request: HttpRequest, library: Library, actor: Actor, partnership: Partnership, material: str
) -> HttpResponseBase:
    form = CreateForm(request.POST, partnership=partnership, material=material)
    if not form.is_valid():
        return _form_page(request, library, partnership, form)
    if not request.POST.get("confirmed"):
        checked = _check(form, library, partnership)
        if checked:
            return _form_page(request, library, partnership, form, checked=checked)
    try:
        number = submit(
            library_id=library.pk,
            borrower_id=partnership.partner_id,
            new=form.new_request(),
            actor=actor,
            at=clock.now(),
            key=form.cleaned_data["token"],
        )
    except InvalidInput as refusal:
        show_refusal(form, refusal)
        return _form_page(request, library, partnership, form)
    messages.success(request, _("Request %(number)s is in.") % {"number": number})
    return HttpResponseRedirect(LINKS.request(library.slug, number))


def _check(form: CreateForm, library: Library, partnership: Partnership) -> Checked:
    """What the desk should see before it sends the request in."""
    at = clock.now()
    return Checked(
        findings=tuple(_answered_at_once(form, library, partnership)),
        twins=tuple(
            {
                "number": twin.number,
                "url": LINKS.request(library.slug, twin.number),
                "words": _("The library has asked for this: %(words)s, %(day)s")
                % {
                    "words": Wording(twin.wording).label,
                    "day": date_format(twin.submitted_at, "DATE_FORMAT"),
                },
            }
            for twin in same_lately(library, partnership.partner_id, form.citation, at=at)
        ),
        missing=form.missing(),
        wrong_identifiers=form.wrong_identifiers(),
    )


def _answered_at_once(form: CreateForm, library: Library, partnership: Partnership) -> list[str]:
    """What our rules will say the moment it is in."""
    data, desk = form.cleaned_data, desk_of_library(library)
    today = local_date(clock.now(), library.timezone)
    kind = data["wanted"] if data["wanted"] != Kind.EITHER else form.kind_of_thing.default_kind
    said = answer_at_once(
        Asked(kind, data["material"], bool(data["copyright_statement"])),
        Standing(partnership.standing, partnership.suspended_until, partnership.is_active),
        desk,
        today=today,
        away=away_from_lending(library, today),
    )
    words = (
        (said.refuse, _("By our rules it will be answered no at once.")),
        (said.retry, _("By our rules it will be answered “not now” at once.")),
        (said.ask_statement, _("No copyright statement: the borrower will be asked for it.")),
        (said.warn_statement, _("No copyright statement: the request will carry a mark.")),
    )
    return [text for holds, text in words if holds]
