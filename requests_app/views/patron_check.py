"""The check-answers page: every answer with a way to change it, and what the patron should know before sending."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from illservice.citations.drafts import Draft
from illservice.citations.forms.doubts import helpful_fields, wrong_identifiers
from illservice.citations.kinds import FIELD_LABELS, FIELDS, Kind, Material
from illservice.core.desk.page import money_words
from illservice.policies.terms import Terms
from patrons.eligibility import Severity
from patrons.models import Patron
from patrons.selectors import findings_for
from requests_app.discovery import Twin, duplicates_of
from requests_app.forms.patron import DELIVERY_LABELS, AskForm
from requests_app.models import Delivery
from requests_app.services.deciding import terms_for_patron
from requests_app.workflow.states import Wording

Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """What the page shows of a valid form."""

    draft: Draft
    form: AskForm
    patron: Patron
    open_requests: int
    at: datetime

    def context(self) -> dict[str, Any]:
        """For templates/patron/check.html."""
        terms = terms_for_patron(
            self.patron, wanted=self.form.cleaned_data["wanted"], material=self.draft.material, at=self.at
        )
        return {
            "what": self._what(),
            "how": self._how(terms),
            "more": self._more(),
            "twins": self._twins(),
            "findings": self._findings(terms),
            "wrong": self._wrong(),
            "helpful": self._helpful(),
            "form_url": self._form_url(""),
        }

    def _form_url(self, field: str) -> str:
        url = reverse("patron:ask_draft", args=[self.draft.material, self.draft.key])
        return f"{url}#id_{field}" if field else url

    def _fact(self, label: Any, value: Any, field: str) -> Fact:
        return {"label": label, "value": value, "change_url": self._form_url(field)}

    # -- The answers ----------------------------------------------------------------------------------------

    def _what(self) -> list[Fact]:
        values = self.form.cleaned_data
        material = self._fact(_("What it is"), Material(self.draft.material).patron_label, "")
        material["change_url"] = reverse("patron:ask_change", args=[self.draft.key])
        typed = [
            self._fact(spec.label, values[spec.name], spec.name)
            for spec in FIELDS[self.draft.material]
            if values[spec.name]
        ]
        carried = [
            {"label": FIELD_LABELS[name], "value": text}
            for name, text in self.draft.carried.items()
            if name in FIELD_LABELS
        ]
        return [material, *typed, *carried]

    def _how(self, terms: Terms) -> list[Fact]:
        values = self.form.cleaned_data
        facts = [
            self._fact(self.form["wanted"].label, Kind(values["wanted"]).patron_label, "wanted_0"),
            self._fact(self.form["delivery"].label, DELIVERY_LABELS[values["delivery"]], "delivery_0"),
        ]
        branch = self.form.pickup_branch
        if values["delivery"] == Delivery.BRANCH and branch is not None:
            facts.append(self._fact(self.form["branch"].label, branch.name, "branch"))
        if (
            values["delivery"] == Delivery.ELECTRONIC
            and values["wanted"] == Kind.EITHER
            and branch is not None
        ):
            facts.append(self._fact(_("If you must pick it up"), branch.name, "branch"))
        if self.form.address:
            facts.append(
                self._fact(self.form["delivery_address"].label, self.form.address, "delivery_address")
            )
        need_by = values["need_by"]
        words = date_format(need_by, "DATE_FORMAT") if need_by else _("No date given")
        facts.append(self._fact(self.form["need_by"].label, words, "need_by"))
        fee = money_words(terms.fee or None, self.patron.library.currency)
        if fee:
            words = _("%(fee)s, once it is here from another library") % {"fee": fee}
            facts.append({"label": _("What it costs you"), "value": words, "change_url": ""})
        return facts

    def _more(self) -> list[Fact]:
        values = self.form.cleaned_data
        facts = [
            self._fact(self.form[name].label, _("Yes"), name)
            for name in ("any_edition", "any_language")
            if values.get(name)
        ]
        if values["max_cost"] is not None:
            facts.append(self._fact(self.form["max_cost"].label, values["max_cost"], "max_cost"))
        texts = ((name, values[name]) for name in ("cited_in", "note"))
        return facts + [self._fact(self.form[name].label, text, name) for name, text in texts if text]

    # -- What to know before sending ------------------------------------------------------------------------

    def _twins(self) -> list[dict[str, Any]]:
        citation = self.form.citation(self.draft.carried)
        return [self._twin(each) for each in duplicates_of(self.patron.pk, citation, at=self.at)]

    def _twin(self, twin: Twin) -> dict[str, Any]:
        return {
            "number": twin.number,
            "url": reverse("patron:request", args=[twin.number]),
            "is_open": twin.is_open,
            "wording": Wording(twin.wording).label,
            "submitted_at": twin.submitted_at,
        }

    def _findings(self, terms: Terms) -> list[dict[str, Any]]:
        """What makes the request wait for the library, and what forbids it."""
        wanted, material = self.form.cleaned_data["wanted"], self.draft.material
        found = findings_for(
            self.patron,
            wanted=wanted,
            material=material,
            open_requests=self.open_requests,
            limit=terms.open_limit,
            at=self.at,
        )
        return [{"words": each.words, "refused": each.severity == Severity.REFUSE} for each in found]

    def _wrong(self) -> list[dict[str, Any]]:
        """Identifiers that do not look right."""
        citation = self.form.citation(self.draft.carried)
        return wrong_identifiers(self.draft.material, citation, self._form_url)

    def _helpful(self) -> list[dict[str, Any]]:
        """What is not needed but makes finding it faster."""
        return helpful_fields(self.draft.material, self.form.cleaned_data, self._form_url)
