"""/answer/<token>/: a lender without a system of ours answers by the link in our mail, without signing in.

The link itself is all the right there is. Looking changes nothing, so that mail programs which open every link in
advance say nothing in a library's name; only a form that is sent does.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.desk.forms import ActionForm
from illservice.core.errors import InvalidInput, NotFound, Refused, StaleVersion, WrongState
from requests_app.forms.lender_answer import ANSWERS, Answer, answer_of, citation_facts
from requests_app.models import LenderTry, TryStatus
from requests_app.services.answer_links import Asked, Purpose, read_token
from requests_app.workflow import TABLE
from requests_app.workflow.facts import facts_of

_QUESTIONS: dict[Purpose, Any] = {
    Purpose.SUPPLY: gettext_lazy("Can you send us this?"),
    Purpose.RENEWAL: gettext_lazy("May we keep this longer?"),
    Purpose.CANCEL: gettext_lazy("Can you cancel this?"),
}
_STANDS: dict[str, Any] = {
    TryStatus.ASKED: gettext_lazy("We have your answer and write to you."),
    TryStatus.PROMISED: gettext_lazy("You will send it. Thank you."),
    TryStatus.SHIPPED: gettext_lazy("It is on its way to us. Thank you."),
    TryStatus.RECEIVED: gettext_lazy("It is here. Thank you."),
    TryStatus.RETURNED: gettext_lazy("It is on its way back to you."),
    TryStatus.DONE: gettext_lazy("This is finished. Thank you."),
    TryStatus.UNFILLED: gettext_lazy("You cannot send it; we ask elsewhere. Thank you for telling us."),
    TryStatus.CANCELLED: gettext_lazy("This is cancelled. You have nothing more to do."),
    TryStatus.SILENT: gettext_lazy("We ask another library now. You have nothing more to do."),
}
"""How a try stands, said to its lender."""


@csrf_exempt  # the address is all the right there is; a refusal would write it into the log
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lender_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The question with its answers; with `do` in the address the form of one; sent, the answer."""
    at = clock.now()
    try:
        asked = read_token(token, at)
    except NotFound:
        return render(request, "answer/unknown.html", status=HTTPStatus.NOT_FOUND)
    with timezone.override(asked.lender_try.request.library.timezone):
        if not asked.is_open:
            return _over(request, asked)
        answer = _chosen(request, asked)
        if answer is None:
            return _draw(request, "answer/ask.html", asked, {"answers": _buttons(asked)})
        return _form_page(request, asked, answer, at)


def _chosen(request: HttpRequest, asked: Asked) -> Answer | None:
    sent = request.POST if request.method == "POST" else request.GET
    answer = answer_of(asked.purpose, sent.get("do", ""))
    return answer if answer is not None and answer.action in _possible(asked) else None


def _possible(asked: Asked) -> set[str]:
    subject = asked.lender_try.request
    return {row.action for row in TABLE.allowed(subject.state, _actor(asked.lender_try), facts_of(subject))}


def _actor(lender_try: LenderTry) -> Actor:
    return Actor(ActorKind.PARTNER, id=lender_try.partner_id, library_id=lender_try.request.library_id)


def _buttons(asked: Asked) -> list[dict[str, Any]]:
    possible = _possible(asked)
    return [
        {
            "code": each.action,
            "label": each.label,
            "url": f"?do={each.action}",
            "method": "get",
            "primary": each.primary,
        }
        for each in ANSWERS[asked.purpose]
        if each.action in possible
    ]


def _form_page(request: HttpRequest, asked: Asked, answer: Answer, at: datetime) -> HttpResponse:
    subject, actor = asked.lender_try.request, _actor(asked.lender_try)
    data = request.POST if request.method == "POST" else None
    form = answer.form_class(data, request=subject, actor=actor, at=at)
    if data is not None and form.is_valid() and _say(asked, answer, form, actor, at):
        return redirect(
            "lender_answer", request.resolver_match.kwargs["token"] if request.resolver_match else ""
        )
    return _draw(request, "answer/form.html", asked, {"form": form, "answer": answer})


def _say(asked: Asked, answer: Answer, form: ActionForm, actor: Actor, at: datetime) -> bool:
    """Call the service; False with the words on the form when the facts cannot be used.

    The version is that of this moment: between the look at the link and the answer nobody else may have moved the
    request on, or the answer would count for the next lender. Who comes too late is shown how it stands.
    """
    subject = asked.lender_try.request
    try:
        answer.run(request_id=subject.pk, actor=actor, at=at, version=subject.version, **form.facts)
    except InvalidInput as refusal:
        for name, words in refusal.fields.items():
            form.add_error(name if name in form.fields else None, words)
        return False
    except (WrongState, Refused, StaleVersion):
        return True
    return True


def _over(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What stands now, for a link that was used, overtaken, or is too old."""
    words = _how_it_stands(asked)
    expired = asked.expired and asked.lender_try.open
    context = {"words": _("The time for this link is over. Please write to us.") if expired else words}
    return _draw(request, "answer/over.html", asked, context)


def _how_it_stands(asked: Asked) -> str:
    question, lender_try = asked.question, asked.lender_try
    if asked.purpose == Purpose.RENEWAL and question is not None:
        if question.answer == "yes" and lender_try.lender_due:
            day = date_format(lender_try.lender_due, "DATE_FORMAT")
            return _("We may keep it until %(date)s. Thank you.") % {"date": day}
        if question.answer == "no":
            return _("The date stays as it was. Thank you for telling us.")
    if asked.purpose == Purpose.CANCEL and question is not None and question.answer == "no":
        return _("It was too late to cancel. We send it back when it arrives.")
    return str(_STANDS.get(lender_try.status, _STANDS[TryStatus.DONE]))


def _draw(request: HttpRequest, template: str, asked: Asked, context: dict[str, Any]) -> HttpResponse:
    lender_try = asked.lender_try
    library = lender_try.request.library
    around = {
        "shell": {
            "home_url": request.path,
            "library_name": library.name,
            "help_email": library.email,
            "help_phone": library.phone,
        },
        "question": _QUESTIONS[asked.purpose],
        "library": library,
        "number": f"{lender_try.request.number}-{lender_try.ordinal}",
        "their_number": lender_try.system_number,
        "facts": [{"label": label, "value": value} for label, value in citation_facts(lender_try.request)],
    }
    return render(request, template, around | context)
