"""What a desk prints, and the door through which its staff get it: the same for both sides.

A desk says what it can print as `Kind`s; `print_door` reads the address, finds the requests through the desk's own
selector, leaves out before the eyes what has no such paper, and hands the rest to `print_page`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from illservice.core.errors import InvalidInput, NotFound
from illservice.core.printing.bands import Band, bands_pdf
from illservice.core.printing.door import MOST, After, PrintJob, print_page
from illservice.core.printing.labels import Label, labels_pdf
from illservice.core.printing.sheets import Family
from illservice.core.printing.slips import Slip, slips_pdf

Piece = Slip | Band | Label
Sorted = tuple[tuple[Any, ...], Piece]
"""A piece of paper and the key by which it is sorted among those of its kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to print. `label` names one, `heading` many of them.

    `why_not(request)` says in words why a request has none, "" when it has; `build(request)` gives its pieces, in the
    language that is active then.
    """

    code: str
    family: Family
    label: Any
    heading: Any
    why_not: Callable[[Any], str]
    build: Callable[[Any], Iterator[Sorted]]


def _nothing(_kind: Kind, _requests: Sequence[Any]) -> After | None:
    return None


@dataclass(frozen=True, slots=True)
class PrintDesk:
    """A desk of one library, for `print_door`.

    `find(numbers)` gives the requests, or raises NotFound when one is not theirs to see. `home` is where somebody who
    chose nothing goes back to, `page(number)` the page of a request; paper speaks `language`. `chosen` are the numbers
    where the address names none, `fields` go on with the form, `after(kind, requests)` is what may follow the print.
    """

    kinds: Mapping[str, Kind]
    find: Callable[[Sequence[str]], Sequence[Any]]
    home: str
    page: Callable[[str], str]
    slug: str
    owner: str
    language: str
    chosen: Sequence[str] = ()
    fields: Sequence[tuple[str, str]] = ()
    after: Callable[[Kind, Sequence[Any]], After | None] = _nothing


def print_links(kinds: Iterable[Kind], *, door: str, number: str) -> list[dict[str, Any]]:
    """These kinds for one request, as its page offers them (templates/desk/request_print.html)."""
    found = []
    for kind in kinds:
        url = f"{door}?{urlencode({'kind': kind.code, 'number': number})}"
        other = "" if kind.family == Family.LABELS else f"{url}&choose=1"  # labels ask for their sheet anyway
        found.append({"label": kind.label, "url": url, "other_url": other})
    return found


def pieces_of(kind: Kind, requests: Sequence[Any], language: str) -> list[Piece]:
    """The paper for these requests, sorted as it is used."""
    with translation.override(language):
        found = [each for request in requests for each in kind.build(request)]
    return [piece for _key, piece in sorted(found, key=lambda each: each[0])]


def pdf_of(
    kind: Kind, pieces: Sequence[Piece], *, sheet: str, start: int, owner: str, language: str
) -> bytes:
    """The pieces on a sheet of the kind's family; the title names the kind and `owner`."""
    with translation.override(language):
        title = f"{kind.heading} – {owner}"
    if kind.family == Family.BANDS:
        bands = [piece for piece in pieces if isinstance(piece, Band)]
        return bands_pdf(bands, sheet=sheet, start=start, title=title, language=language)
    if kind.family == Family.LABELS:
        labels = [piece for piece in pieces if isinstance(piece, Label)]
        return labels_pdf(labels, sheet=sheet, start=start, title=title, language=language)
    slips = [piece for piece in pieces if isinstance(piece, Slip)]
    return slips_pdf(slips, sheet=sheet, start=start, title=title, language=language)


def print_door(request: HttpRequest, desk: PrintDesk) -> HttpResponse:
    """`kind`, `number` (one or many), `sheet`, `start`, by GET or POST: the PDF, or the page that asks for the paper.

    Lists send the numbers as `chosen`, with `print` as the kind. Nothing is marked, nothing moves.
    """
    sent = request.POST if request.method == "POST" else request.GET
    code = sent.get("kind") or sent.get("print") or ""
    numbers = list(dict.fromkeys([*sent.getlist("number"), *sent.getlist("chosen")])) or list(desk.chosen)
    if not code or not numbers:
        messages.error(request, _("Choose requests in the list, and what shall be printed for them."))
        return redirect(desk.home)
    if code not in desk.kinds:
        raise NotFound(kind=code)
    if len(numbers) > MOST:
        words = _("These are more than %(most)s. Print them in parts.") % {"most": MOST}
        raise InvalidInput({"number": words})
    return print_page(request, _job(desk, desk.kinds[code], desk.find(numbers)))


def _job(desk: PrintDesk, kind: Kind, found: Sequence[Any]) -> PrintJob:
    refused = {each.number: kind.why_not(each) for each in found}
    fitting = [each for each in found if not refused[each.number]]
    pieces = pieces_of(kind, fitting, desk.language)
    one = found[0].number if len(found) == 1 else ""

    def make(sheet: str, start: int) -> bytes:
        return pdf_of(kind, pieces, sheet=sheet, start=start, owner=desk.owner, language=desk.language)

    return PrintJob(
        family=kind.family,
        heading=str(kind.label if one else kind.heading),
        count=len(pieces),
        make=make,
        file_name="-".join(part for part in (kind.code.replace("_", "-"), desk.slug, one) if part),
        fields=[("kind", kind.code), *desk.fields, *(("number", each.number) for each in fitting)],
        left_out=[f"{each.number}: {refused[each.number]}" for each in found if refused[each.number]],
        back_url=desk.page(one) if one else desk.home,
        after=desk.after(kind, fitting) if fitting else None,
    )
