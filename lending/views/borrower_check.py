"""The check-answers page: every answer with a way to change it, and what should be known before sending."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.citations.copyright import COPYRIGHT_STATEMENTS
from illservice.citations.drafts import Draft
from illservice.citations.forms.doubts import helpful_fields, wrong_identifiers
from illservice.citations.kinds import FIELD_LABELS, FIELDS, Kind, Material
from lending.forms.borrower import DELIVERY_LABELS, KIND_LABELS, BorrowForm
from lending.models import DeliveryWay

Fact = dict[str, Any]


def check_context(draft: Draft, form: BorrowForm, slug: str) -> dict[str, Any]:
    """What templates/patron/check.html shows of a valid form."""
    form_url = reverse("borrower:ask_draft", args=[slug, draft.material, draft.key])

    def field_url(name: str) -> str:
        return f"{form_url}#id_{name}"

    def fact(label: Any, value: Any, field: str) -> Fact:
        return {"label": label, "value": value, "change_url": field_url(field)}

    start_url = reverse("borrower:ask_change", args=[slug, draft.key])
    material = {
        "label": _("What it is"),
        "value": Material(draft.material).patron_label,
        "change_url": start_url,
    }
    values = form.cleaned_data
    typed = [
        fact(spec.label, values[spec.name], spec.name) for spec in FIELDS[draft.material] if values[spec.name]
    ]
    carried = [
        {"label": FIELD_LABELS[name], "value": text}
        for name, text in draft.carried.items()
        if name in FIELD_LABELS
    ]
    return {
        "what": [material, *typed, *carried],
        "how": [fact(form[name].label, value, anchor) for name, value, anchor in _wishes(form)],
        "more": [fact(form[name].label, value, name) for name, value in _more(form)],
        "findings": _missing_statement(form),
        "twins": [],
        "wrong": wrong_identifiers(draft.material, form.citation(draft.carried), field_url),
        "helpful": helpful_fields(draft.material, values, field_url),
        "form_url": form_url,
    }


def _wishes(form: BorrowForm) -> list[tuple[str, Any, str]]:
    """Field, answer in words, and where on the form it is changed."""
    values = form.cleaned_data
    need_by = values["need_by"]
    found = [
        ("wanted", KIND_LABELS[values["wanted"]], "wanted_0"),
        ("borrower_number", values["borrower_number"], "borrower_number"),
        ("need_by", date_format(need_by, "DATE_FORMAT") if need_by else _("No date given"), "need_by"),
    ]
    if form.as_copy:
        statement = COPYRIGHT_STATEMENTS.get(values["copyright_statement"], "")
        found.append(("copyright_statement", statement or _("No statement given"), "copyright_statement_0"))
    if values["wanted"] != Kind.LOAN:
        found.append(("delivery", DELIVERY_LABELS[values["delivery"]], "delivery_0"))
    if not form.as_copy or values["delivery"] == DeliveryWay.MAIL or values["wanted"] == Kind.EITHER:
        found.append(("ship_to", values["ship_to"], "ship_to"))
    return [each for each in found if each[1]]


def _more(form: BorrowForm) -> list[tuple[str, Any]]:
    values = form.cleaned_data
    found = [("any_edition", _("Yes") if values.get("any_edition") else ""), ("note", values["note"])]
    cost = [("max_cost", values["max_cost"])] if values["max_cost"] is not None else []
    return cost + [each for each in found if each[1]]


def _missing_statement(form: BorrowForm) -> list[dict[str, Any]]:
    """A copy without a statement may be sent, and waits for the desk."""
    if not form.as_copy or form.cleaned_data["copyright_statement"]:
        return []
    return [
        {"words": _("You have not said which copyright statement applies to this copy."), "refused": False}
    ]
