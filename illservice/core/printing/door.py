"""The page before the print, for the doors of both sides: choose a sheet, where it begins, and get the PDF.

    def print_(request, library, actor):
        fields = [("kind", "band"), ("number", "B0012348")]
        return print_page(request, PrintJob(Family.BANDS, "Book bands", 1, make, "book-bands", fields))

The last sheet that somebody chose is remembered in the session, and where a sheet of labels was left. Nothing else is
kept: to print is to read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from illservice.core.printing.sheets import FAMILIES, Family, Sheet

SESSION_KEY = "printing"
MOST = 500
"""Pieces of paper in one go."""

Make = Callable[[str, int], bytes]
"""Sheet code and start place to a PDF."""


@dataclass(frozen=True, slots=True)
class After:
    """An act of its own that usually follows when the paper is there: offered on the page, never done by printing.

    `words` say what it is for, `label` names the button, `fields` are posted to `url`.
    """

    words: Any
    label: Any
    url: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """What shall be printed. `fields` come back with the form; `left_out` says in words what cannot be printed.

    `after` is what may follow. `base` is the template around the page; `shell` what it shows, where a door makes its
    own.
    """

    family: Family
    heading: str
    count: int
    make: Make
    file_name: str
    fields: Sequence[tuple[str, str]]
    left_out: Sequence[str] = ()
    back_url: str = ""
    after: After | None = None
    base: str = "base_staff.html"
    shell: Mapping[str, Any] | None = None


class SheetForm(forms.Form):
    """The sheet, and for labels the first place that is still there."""

    sheet = forms.ChoiceField()
    start = forms.IntegerField(
        label=_("Begin at label"),
        help_text=_("Count row by row from the top left. 1 is a whole sheet."),
        min_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"class": "width-xs"}),
    )

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets: Mapping[str, Sheet] = FAMILIES[family]
        self.fields["sheet"] = forms.ChoiceField(
            label=_("Paper"),
            choices=[(sheet.code, sheet.name) for sheet in self.sheets.values()],
            widget=forms.Select(attrs={"class": "width-l"}),
        )
        if family != Family.LABELS:
            del self.fields["start"]

    def clean(self) -> dict[str, Any]:
        """The first place must be on the sheet."""
        data = super().clean() or {}
        sheet = self.sheets.get(data.get("sheet", ""))
        start = data.get("start") or 1
        if sheet is not None and start > sheet.places:
            words = _("This sheet has %(count)s labels.") % {"count": sheet.places}
            self.add_error("start", words)
        return data | {"start": start}


def print_page(request: HttpRequest, job: PrintJob) -> HttpResponse:
    """The PDF where the sheet is known, else the page that asks for it.

    `sheet` and `start` are read from the form or the address. Without them the sheet chosen last serves, but not for
    labels, where somebody has to look at what is left of the sheet, for what was `chosen` in a list, and with `choose`.
    """
    sent = request.POST if request.method == "POST" else request.GET
    kept = _kept(request, job.family)
    asks = job.family == Family.LABELS or "choose" in sent or "chosen" in sent
    if "sheet" in sent:
        form = SheetForm(sent, family=job.family)
    elif kept.get("sheet") and not asks:
        form = SheetForm(kept, family=job.family)
    else:
        form = SheetForm(family=job.family, initial=kept)
    if job.count and not job.left_out and form.is_valid():
        sheet, start = form.cleaned_data["sheet"], form.cleaned_data["start"]
        _keep(request, job, sheet, start)
        return pdf_response(job.make(sheet, start), job.file_name)
    if job.left_out and form.is_bound:  # the choice stands; what is left out has to be seen first
        form = SheetForm(
            family=job.family, initial={name: form.data.get(name) for name in ("sheet", "start")}
        )
    context = {"job": job, "form": form} | ({"shell": job.shell} if job.shell else {})
    return render(request, "printing/choose.html", context)


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, with a name in plain letters for those who keep it."""
    response = HttpResponse(pdf, content_type="application/pdf")
    disposition = content_disposition_header(as_attachment=False, filename=f"{slugify(name) or 'print'}.pdf")
    response["Content-Disposition"] = str(disposition)
    return response


def _kept(request: HttpRequest, family: Family) -> dict[str, Any]:
    """What was chosen last, as far as it still makes sense."""
    kept = request.session.get(SESSION_KEY, {}).get(family.value, {})
    if kept.get("sheet") not in FAMILIES[family]:
        return {"start": 1} if family == Family.LABELS else {}
    return dict(kept)


def _keep(request: HttpRequest, job: PrintJob, code: str, start: int) -> None:
    """Remember the sheet, and for labels the place after the last one."""
    kept: dict[str, Any] = {"sheet": code}
    if job.family == Family.LABELS:
        kept["start"] = (start - 1 + job.count) % FAMILIES[job.family][code].places + 1
    choices = request.session.get(SESSION_KEY, {})
    if choices.get(job.family.value) != kept:
        request.session[SESSION_KEY] = choices | {job.family.value: kept}
