"""Pages on which a policy is made and changed: first whom it would hit is shown, then it is saved."""

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from illservice.core import clock
from illservice.core.actors import Actor
from illservice.core.desk.forms import show_refusal
from illservice.core.desk.page import day_words
from illservice.core.errors import InvalidInput, NotFound
from illservice.directory.doors import staff_page
from illservice.directory.models import Library
from illservice.policies.forms import SelectorForm, StepForms, TermsForm, read_steps, steps_of
from illservice.policies.models import Policy, PolicyVersion
from illservice.policies.rules import Candidate
from illservice.policies.selectors import (
    applied_of,
    candidate_from,
    candidates_of,
    newest_version,
    policy_of,
    versions_of,
)
from illservice.policies.services import (
    MAY_SET_POLICIES,
    Selector,
    Wording,
    change_policy,
    make_policy,
    stop_policy,
    take_back,
)
from illservice.policies.services.applying import holds_on, may_apply
from illservice.policies.services.preview import page_of, preview
from illservice.policies.terms import Side, Terms, default_terms, from_json
from illservice.policies.views.words import KINDS, changes_of, meant_for
from patrons.selectors import categories_of


@dataclass(slots=True)
class _Editing:
    """One policy on its author's desk; `policy` is None while it is new."""

    request: HttpRequest
    library: Library
    actor: Actor
    side: str
    policy: Policy | None = None
    version: PolicyVersion | None = None

    @property
    def today(self) -> date:
        return clock.local_date(clock.now(), self.library.timezone)

    @property
    def base(self) -> Terms:
        """The terms that the form begins with."""
        return from_json(self.version.terms, self.side) if self.version else default_terms(self.side)

    @property
    def decided_too(self) -> bool:
        """Whether requests that were decided before shall follow, as was ticked beside the preview."""
        return self.request.POST.get("decided_too") == "on"

    def page(self, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
        """The editor with what belongs around it."""
        context: dict[str, Any] = {"library": self.library, "side": self.side, "policy": self.policy}
        if self.policy is not None:
            context |= {
                "meant_for": meant_for(self.policy, dict(categories_of(self.library))),
                "versions": versions_of(self.policy),
                "newest": self.version,
                "today": self.today,
                "applied": applied_of(self.policy),
                "may_apply": may_apply(self.actor),
                "request_page": page_of(self.side),
            }
        return render(self.request, "policies/edit.html", context | more, status=status)

    def showing(self) -> HttpResponse:
        """The forms as things stand."""
        policy = self.policy
        terms_form = TermsForm.showing(
            self.base, side=self.side, name=policy.name if policy else "", valid_from=self.today
        )
        steps = StepForms(initial=steps_of(self.base), prefix="steps")
        selector = SelectorForm(library=self.library, side=self.side) if policy is None else None
        return self.page(form=terms_form, steps=steps, selector=selector)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_SET_POLICIES)
def new(request: HttpRequest, library: Library, actor: Actor, side: str) -> HttpResponse:
    """/policies/<slug>/new/<side>/: a policy for somebody or something that has none of its own."""
    if side not in set(Side):
        raise NotFound(side=side)
    editing = _Editing(request, library, actor, side)
    return _answer(editing)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_SET_POLICIES)
def edit(request: HttpRequest, library: Library, actor: Actor, number: int) -> HttpResponse:
    """/policies/<slug>/<number>/: its versions, and a form for the next one."""
    policy = policy_of(library, number)
    return _answer(_Editing(request, library, actor, policy.side, policy, newest_version(policy)))


def _answer(editing: _Editing) -> HttpResponse:
    request = editing.request
    if request.method != "POST":
        return editing.showing()
    if request.POST.get("do") == "more":
        return _one_more_step(editing)
    form = TermsForm(request.POST, side=editing.side)
    steps = StepForms(request.POST, prefix="steps")
    selector = (
        SelectorForm(request.POST, library=editing.library, side=editing.side)
        if editing.policy is None
        else None
    )
    valid = [form.is_valid(), steps.is_valid(), selector is None or selector.is_valid()]
    forms: dict[str, Any] = {"form": form, "steps": steps, "selector": selector}
    if not all(valid):
        return editing.page(HTTPStatus.UNPROCESSABLE_ENTITY, **forms)
    wording = form.wording(editing.base, read_steps(steps))
    saves, shown = request.POST.get("do") == "save", _digest(request)
    changed = saves and request.POST.get("previewed", shown) != shown
    if changed or not saves:
        told = {"previewed": shown, "changed": changed}
        return editing.page(**forms, preview=_preview(editing, wording, selector) | told)
    return _save(editing, wording, selector, forms)


def _digest(request: HttpRequest) -> str:
    """What was typed, in short: so that nothing is saved but what was shown."""
    typed = sorted((name, values) for name, values in request.POST.lists() if name not in _NOT_TYPED)
    return sha256(repr(typed).encode()).hexdigest()


_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "do", "seen", "previewed", "decided_too"})


def _one_more_step(editing: _Editing) -> HttpResponse:
    """The same page with one more row in the ladder; nothing is checked, nothing is lost."""
    data = editing.request.POST.copy()
    count = data.get("steps-TOTAL_FORMS", "")
    data["steps-TOTAL_FORMS"] = str(int(count) + 1 if count.isdecimal() and len(count) < 3 else 1)
    selector = (
        SelectorForm(data, library=editing.library, side=editing.side) if editing.policy is None else None
    )
    form, steps = TermsForm(data, side=editing.side), StepForms(data, prefix="steps")
    return editing.page(form=form, steps=steps, selector=selector)


def _preview(editing: _Editing, wording: Wording, selector: SelectorForm | None) -> dict[str, Any]:
    """Whom the change would hit, in words."""
    candidate = _candidate(editing, wording, selector.selector() if selector else None)
    return _whom(editing, candidate, max(editing.today, wording.valid_from))


def _whom(editing: _Editing, candidate: Candidate, on: date) -> dict[str, Any]:
    known = candidates_of(editing.library.pk, editing.side)
    seen = preview(editing.library, editing.side, known, candidate, on=on)
    hits = [
        {
            "number": hit.line.number,
            "is_open": hit.line.is_open,
            "changes": changes_of(hit, editing.library.currency),
        }
        for hit in seen.first
    ]
    counts = [{"words": KINDS[kind], "count": count} for kind, count in seen.kinds.most_common()]
    return {
        "seen": seen,
        "hits": hits,
        "counts": counts,
        "page": page_of(editing.side),
        "on": on,
        "may_apply": may_apply(editing.actor),
        "holds": holds_on(candidate.valid_from, candidate.valid_until, editing.today),
        "ends": candidate.stops,
    }


def _candidate(editing: _Editing, wording: Wording, selector: Selector | None) -> Candidate:
    """The version as it would be if it were saved now."""
    policy = editing.policy
    meant: Any = selector if policy is None else policy
    return Candidate(
        policy_id=policy.pk if policy else 0,
        version_id=0,
        number=0,
        name=wording.name,
        valid_from=wording.valid_from,
        valid_until=wording.valid_until,
        terms=wording.terms,
        partner_id=meant.partner_id,
        agreement_id=meant.agreement_id,
        category=meant.category,
        material=meant.material,
        kind=meant.kind,
    )


def _save(
    editing: _Editing, wording: Wording, selector: SelectorForm | None, forms: dict[str, Any]
) -> HttpResponse:
    try:
        version = _kept(editing, wording, selector)
    except InvalidInput as refusal:
        show_refusal(forms["form"], refusal)
        return editing.page(HTTPStatus.UNPROCESSABLE_ENTITY, **forms)
    words = _("Version %(version)s is saved. It decides from %(day)s on; the page shows how to take it back.")
    messages.success(
        editing.request, words % {"version": version.number, "day": day_words(version.valid_from)}
    )
    _say_that_decided_follow(editing)
    return redirect("policies:edit", editing.library.slug, version.policy.number)


def _say_that_decided_follow(editing: _Editing) -> None:
    if editing.decided_too:
        messages.info(
            editing.request,
            _("Requests that were decided before follow in a moment: the page says how far they are."),
        )


def _kept(editing: _Editing, wording: Wording, selector: SelectorForm | None) -> PolicyVersion:
    known: dict[str, Any] = {
        "library_id": editing.library.pk,
        "actor": editing.actor,
        "at": clock.now(),
        "decided_too": editing.decided_too,
    }
    if editing.policy is None:
        chosen = selector.selector() if selector else Selector(editing.side)
        return make_policy(selector=chosen, wording=wording, **known)
    seen = _seen(editing.request)
    return change_policy(number=editing.policy.number, wording=wording, seen=seen, **known)


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(roles=MAY_SET_POLICIES)
def stop(request: HttpRequest, library: Library, actor: Actor, number: int) -> HttpResponse:
    """…/stop/: whom it hits that the policy ends today and the next wider one decides; a POST ends it."""
    policy = policy_of(library, number)
    editing = _Editing(request, library, actor, policy.side, policy, newest_version(policy))
    if request.method != "POST":
        return _before_the_end(editing, policy)
    stop_policy(
        library_id=library.pk,
        number=number,
        on=editing.today,
        seen=_seen(request),
        actor=actor,
        at=clock.now(),
        decided_too=editing.decided_too,
    )
    kept = _("The policy has ended. What it decided keeps what was promised.")
    messages.success(request, _("The policy has ended.") if editing.decided_too else kept)
    _say_that_decided_follow(editing)
    return redirect("policies:edit", library.slug, number)


def _before_the_end(editing: _Editing, policy: Policy) -> HttpResponse:
    last = editing.version
    if last is None or last.stops:
        return redirect("policies:edit", editing.library.slug, policy.number)
    end = replace(candidate_from(last), stops=True, valid_from=editing.today, valid_until=None)
    context = {
        "library": editing.library,
        "side": editing.side,
        "policy": policy,
        "seen": versions_of(policy)[0].number,
        "preview": _whom(editing, end, editing.today),
    }
    return render(editing.request, "policies/stop.html", context)


@require_POST
@staff_page(roles=MAY_SET_POLICIES)
def undo(request: HttpRequest, library: Library, actor: Actor, number: int) -> HttpResponse:
    """…/undo/: the newest version is taken back."""
    taken = take_back(
        library_id=library.pk, number=number, version=_seen(request), actor=actor, at=clock.now()
    )
    words = _("Version %(version)s is taken back: what held before holds again.") % {"version": taken.number}
    if taken.moves.exists():
        words = _(
            "Version %(version)s is taken back: what held before holds again, in a moment also for the requests to"
            " which it was applied."
        ) % {"version": taken.number}
    messages.success(request, words)
    return redirect("policies:edit", library.slug, number)
