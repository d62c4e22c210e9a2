"""Pages of a library's staff: its rules and texts for notices, and the mails that failed."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.errors import InvalidInput, NotFound, StaleVersion
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.notices import selectors, services
from illservice.notices.forms import GatewayTestForm, NoticeRulesForm, NoticeTextForm
from illservice.notices.kinds import NoticeKind, kind_of
from illservice.notices.kinds.sandbox import TextProblem
from illservice.notices.services import MAY_SEND_AGAIN, Rendered

WRITERS = frozenset({Role.HEAD, Role.ADMINISTRATOR})


@require_safe
@staff_page(roles=WRITERS)
def texts(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """Every notice in every language, saying which the library changed."""
    choices = selectors.overview(library_id=library.pk)
    return render(request, "notices/pages/texts.html", {"library": library, "choices": choices})


@dataclass(frozen=True, slots=True)
class _Editing:
    """One text on its author's desk."""

    request: HttpRequest
    library: Library
    actor: Actor
    kind: NoticeKind
    language: str

    @property
    def address(self) -> str:
        """The page itself."""
        return reverse("notices:text", args=[self.library.slug, self.kind.code, self.language])

    def current(self) -> selectors.TextInForce:
        """The text in force now."""
        return selectors.text_in_force(
            library_id=self.library.pk, kind=self.kind.code, language=self.language
        )

    def page(
        self, form: NoticeTextForm, current: selectors.TextInForce, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The editor with what belongs around it."""
        written = form.texts() if form.is_bound and form.is_valid() else current.texts
        context = {
            "left_out": selectors.left_out(self.kind, written),
            "library": self.library,
            "kind": self.kind,
            "language_name": _(str(dict(settings.LANGUAGES)[self.language])),
            "current": current,
            "form": form,
        }
        return render(self.request, "notices/pages/text.html", context | more, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=WRITERS)
def text(request: HttpRequest, library: Library, actor: Actor, kind: str, language: str) -> HttpResponse:
    """One text: read, write, try on a real request, send to oneself, go back to the shipped one."""
    if language not in dict(settings.LANGUAGES):
        raise NotFound(language=language)
    editing = _Editing(request, library, actor, kind_of(kind), language)
    current = editing.current()
    if request.method != "POST":
        return editing.page(NoticeTextForm.showing(editing.kind, current), current)
    if request.POST.get("do") == "restore":
        return _restore(editing)
    form = NoticeTextForm(request.POST, kind=editing.kind)
    if not form.is_valid():
        return editing.page(form, current)
    rendered = _rendered(editing, form)
    if rendered is None:
        return editing.page(form, current)
    if request.POST.get("do") == "save":
        return _save(editing, form)
    if request.POST.get("do") == "test":
        return _test(editing, form, current)
    return editing.page(form, current, rendered=rendered)


def _rendered(editing: _Editing, form: NoticeTextForm) -> Rendered | None:
    """The text filled in; None when it cannot be, and then the form says why."""
    try:
        return services.preview(
            editing.kind,
            form.texts(),
            library=editing.library,
            language=editing.language,
            number=form.cleaned_data["number"],
            at=clock.now(),
        )
    except NotFound:
        form.add_error("number", _("Your library has no such request that this notice could be about."))
    except TextProblem as problem:
        form.add_error("body_text", str(problem))
    return None


def _save(editing: _Editing, form: NoticeTextForm) -> HttpResponse:
    try:
        services.save_text(
            library=editing.library,
            kind=editing.kind,
            language=editing.language,
            texts=form.texts(),
            version=form.cleaned_data["version"],
            actor=editing.actor,
            at=clock.now(),
        )
    except StaleVersion:
        return _conflict(editing)
    messages.success(editing.request, _("The text is saved. It is used from the next mail on."))
    return HttpResponseRedirect(editing.address)


def _conflict(editing: _Editing) -> HttpResponse:
    """What was typed stays in the form; what the other wrote stands below it. Saving again replaces theirs."""
    current = editing.current()
    data = editing.request.POST.copy()
    data["version"] = str(current.version)
    form = NoticeTextForm(data, kind=editing.kind)
    form.add_error(
        None,
        _(
            "Somebody else changed this text since you opened it. Nothing of yours is saved yet. Their text stands "
            "below yours; save again to put yours in its place."
        ),
    )
    return editing.page(form, current, status=409, theirs=current.texts)


def _restore(editing: _Editing) -> HttpResponse:
    seen = editing.request.POST.get("version", "")
    services.restore_shipped(
        library=editing.library,
        kind=editing.kind,
        language=editing.language,
        version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
        actor=editing.actor,
        at=clock.now(),
    )
    messages.success(editing.request, _("The shipped text is used again."))
    return HttpResponseRedirect(editing.address)


def _test(editing: _Editing, form: NoticeTextForm, current: selectors.TextInForce) -> HttpResponse:
    if not getattr(editing.request.user, "email", ""):
        form.add_error(None, _("Your account has no e-mail address to send a test to."))
        return editing.page(form, current)
    services.send_test(
        library=editing.library,
        kind=editing.kind,
        language=editing.language,
        texts=form.texts(),
        number=form.cleaned_data["number"],
        actor=editing.actor,
        at=clock.now(),
    )
    messages.success(
        editing.request, _("A test is on its way to your own address. Your text is not saved yet.")
    )
    return editing.page(form, current)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=WRITERS)
def rules(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """When reminders leave, what notices name, and the gateway for messages; `do=secret` makes a new secret."""
    current = selectors.rules_of(library.pk)
    context: dict[str, Any] = {"library": library, "rules": current}
    if request.method != "POST":
        return _rules_page(request, context, NoticeRulesForm.showing(current))
    form = NoticeRulesForm(request.POST)
    if not form.is_valid():
        return _rules_page(request, context, form)
    seen = {"library": library, "version": form.cleaned_data["version"], "actor": actor, "at": clock.now()}
    try:
        if request.POST.get("do") == "secret":
            secret = services.renew_secret(**seen)
        else:
            secret = services.save_rules(values=form.values(), **seen)
    except StaleVersion as stale:
        data = request.POST.copy()
        data["version"] = str(current.version)
        form = NoticeRulesForm(data)
        form.add_error(None, str(stale.message))
        return _rules_page(request, context, form, status=409)
    except InvalidInput as wrong:
        for name, words in wrong.fields.items():
            form.add_error(name, words)
        return _rules_page(request, context, form)
    messages.success(request, _("The rules are saved."))
    if not secret:
        return redirect("notices:rules", slug=library.slug)
    saved = selectors.rules_of(library.pk)
    return _rules_page(request, context | {"rules": saved, "secret": secret}, NoticeRulesForm.showing(saved))


def _rules_page(
    request: HttpRequest, context: dict[str, Any], form: NoticeRulesForm, status: int = 200
) -> HttpResponse:
    more: dict[str, Any] = {"form": form}
    if context["rules"].webhook_secret:
        more |= {"trial": GatewayTestForm(), "tried": selectors.last_gateway_test(context["library"].pk)}
    return render(request, "notices/pages/rules.html", more | context, status=status)


@require_POST
@staff_page(roles=WRITERS)
def try_gateway(request: HttpRequest, library: Library, actor: Actor) -> HttpResponse:
    """…/gateway/: a test goes to the gateway; the page of the rules says what became of it."""
    form, current = GatewayTestForm(request.POST), selectors.rules_of(library.pk)
    if not current.webhook_secret:
        messages.error(request, _("Give the gateway’s address first, and save it."))
    elif form.is_valid():
        services.send_gateway_test(library=library, to=form.cleaned_data["to"], actor=actor, at=clock.now())
        messages.success(
            request, _("The test is on its way. Under “Try the gateway” stands what was answered.")
        )
    else:
        context = {"library": library, "rules": current, "trial": form}
        return _rules_page(
            request, context, NoticeRulesForm.showing(current), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return redirect("notices:rules", slug=library.slug)


@require_safe
@staff_page(roles=MAY_SEND_AGAIN)
def mails(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """Mails that were given up, newest first."""
    found = selectors.failed_notices(
        library_id=library.pk, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    address = reverse("notices:mails", args=[library.slug])
    page = {
        "older_url": f"{address}?before={found.older}" if found.older else "",
        "newer_url": f"{address}?after={found.newer}" if found.newer else "",
    }
    context = {"library": library, "rows": found.rows, "page": page}
    return render(request, "notices/pages/mails.html", context)


@require_POST
@staff_page(roles=MAY_SEND_AGAIN)
def again(request: HttpRequest, library: Library, _actor: Actor) -> HttpResponse:
    """Send a failed mail again. Goes back to the page that it came from, if that is one of the library's desks."""
    if services.resend(library=library, key=request.POST.get("key", ""), at=clock.now()):
        messages.success(request, _("The mail is sent again."))
    else:
        messages.info(request, _("This mail was sent again already."))
    back = request.POST.get("back", "")
    desks = (f"/desk/{library.slug}/", f"/lend/{library.slug}/")
    if back.startswith(desks) and "\\" not in back and "\n" not in back:
        return HttpResponseRedirect(back)
    return redirect("notices:mails", slug=library.slug)
