"""All that is held about a person in borrowing requests, as plain facts for that person."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.kinds import FIELD_LABELS
from illservice.core.money import OUTSTANDING, Payer
from illservice.core.retention import Case, Keep, Line, Person
from requests_app.models import (
    BorrowingCharge,
    BorrowingEvent,
    BorrowingRequest,
    CopyrightAcceptance,
    Message,
    Note,
)
from requests_app.selectors.declarations import signature_of
from requests_app.workflow import TABLE
from requests_app.workflow.states import Wording

CHUNK = 500
_DATES = ("submitted_at", "sent_at", "received_at", "delivered_at", "returned_at", "closed_at")
_WISHES = (
    "wanted", "need_by", "delivery", "delivery_address", "max_cost", "cited_in", "patron_note", "patron_due",
    "cost", "cost_currency", "copy_link",
)  # fmt: skip


def linked_to(person: Person) -> QuerySet[BorrowingRequest]:
    """The requests that are linked to a person, oldest first."""
    return BorrowingRequest.objects.filter(patron_id=person.record_id).order_by("submitted_at", "pk")


def finished_count(person: Person, reasons: Iterable[Keep]) -> int:
    """How many of them are over and can be unlinked now: none of the reasons against erasing is about them."""
    kept = [each.url for each in reasons if each.url]
    return linked_to(person).filter(closed_at__isnull=False).exclude(number__in=kept).count()


def numbers_of(person: Person) -> Iterator[str]:
    """Their numbers."""
    yield from linked_to(person).values_list("number", flat=True)


def requests_of(person: Person) -> Iterator[list[Line]]:
    """Each request: what was asked for, how, when, and what became of it."""
    labels = {each.name: each.verbose_name for each in BorrowingRequest._meta.concrete_fields}
    found = linked_to(person).select_related("pickup_branch").prefetch_related("identifiers")
    for request in found.iterator(CHUNK):
        lines = [
            Line("number", labels["number"], request.number),
            Line("status", _("how far it is"), Wording(request.wording).label),
            Line("category", _("category at that time"), request.patron_category),
            Line("department", _("department at that time"), request.patron_department),
        ]
        lines += [Line(name, FIELD_LABELS[name], getattr(request, name)) for name in TEXT_FIELDS]
        numbers = [f"{each.kind.upper()} {each.raw}" for each in request.identifiers.all()]
        lines.append(Line("identifiers", _("numbers of the item"), ", ".join(numbers)))
        branch = request.pickup_branch.name if request.pickup_branch else ""
        lines.append(Line("pickup_branch", _("pick up at"), branch))
        for name in (*_WISHES, *_DATES):
            lines.append(Line(name, labels[name], getattr(request, name)))
        yield [line for line in lines if line.value not in (None, "")]


def words_of(person: Person) -> Iterator[list[Line]]:
    """What the person and the desk wrote to each other."""
    found = Message.objects.filter(request__patron_id=person.record_id).order_by("at", "pk")
    for message in found.select_related("request").iterator(CHUNK):
        yield [
            Line("number", _("request"), message.request.number),
            Line("at", _("when"), message.at),
            Line("from_you", _("written by you"), message.from_patron),
            Line("text", _("text"), message.text),
        ]


def notes_about(person: Person) -> Iterator[list[Line]]:
    """What staff wrote for each other about a person's requests; not who of them."""
    found = Note.objects.filter(request__patron_id=person.record_id).order_by("at", "pk")
    for note in found.select_related("request").iterator(CHUNK):
        yield [
            Line("number", _("request"), note.request.number),
            Line("at", _("when"), note.at),
            Line("text", _("text"), note.text),
        ]


def declarations_of(person: Person) -> Iterator[list[Line]]:
    """What a person declared of copyright, with the name given under it, where one was."""
    found = CopyrightAcceptance.objects.filter(request__patron_id=person.record_id).order_by("at", "pk")
    for each in found.select_related("request", "text", "signed").iterator(CHUNK):
        signed = signature_of(each)
        lines = [
            Line("number", _("request"), each.request.number),
            Line("at", _("when"), each.at),
            Line("version", _("text"), each.text.version),
            Line("how", _("declared"), each.get_how_display()),
        ]
        if signed is not None:
            lines += [
                Line("signature", _("signature"), signed.signature),
                Line("material", _("what was asked for"), signed.material),
                Line("keep_until", _("kept until"), signed.keep_until),
            ]
        yield lines


def acts_of(person: Person) -> Iterator[list[Line]]:
    """What happened with a person's requests: not who of the staff did it."""
    words = {row.action: row.label for row in TABLE.rows}
    found = BorrowingEvent.objects.filter(request__patron_id=person.record_id).order_by("id")
    for event in found.select_related("request").iterator(CHUNK):
        yield [
            Line("number", _("request"), event.request.number),
            Line("at", _("when"), event.happened_at),
            Line("what", _("what"), words.get(event.action, event.action)),
            Line("by_you", _("done by you"), event.actor_id is not None and event.actor_kind == "patron"),
        ]


def reasons_of(subject: Case | Person) -> Iterator[Keep]:
    """What is open keeps its person: an item to bring back, a request on its way."""
    if isinstance(subject, Case):
        return
    still_open = linked_to(subject).filter(closed_at__isnull=True)
    for request in still_open.only("number", "title", "article_title", "wording", "patron_due"):
        title = request.article_title or request.title
        words = _("Request %(number)s is still open: %(title)s (%(status)s).") % {
            "number": request.number,
            "title": title[:100],
            "status": Wording(request.wording).label,
        }
        yield Keep("open_request", words, request.number)


def charges_of(person: Person) -> Iterator[list[Line]]:
    """What a person was asked to pay, and what became of it."""
    labels = {each.name: each.verbose_name for each in BorrowingCharge._meta.concrete_fields}
    found = BorrowingCharge.objects.filter(request__patron_id=person.record_id, payer=Payer.PATRON)
    for charge in found.select_related("request").order_by("id").iterator(CHUNK):
        lines = [
            Line("number", _("request"), charge.request.number),
            Line("kind", labels["kind"], charge.get_kind_display()),
            Line("owed", _("amount"), charge.owed),
            Line("settled", labels["settled"], charge.get_settled_display()),
        ]
        names = ("currency", "noted_on", "due_on", "invoice_number", "paid_on", "paid_amount", "note")
        lines += [Line(name, labels[name], getattr(charge, name)) for name in names]
        yield lines


def debts_of(subject: Case | Person) -> Iterator[Keep]:
    """What is owed keeps its request and its person, also what the library owes: a refund needs somebody to go to."""
    owed = BorrowingCharge.objects.filter(OUTSTANDING, payer=Payer.PATRON).select_related("request")
    if isinstance(subject, Person):
        owed = owed.filter(request__patron_id=subject.record_id)
    else:
        owed = owed.filter(request_id=subject.pk if subject.side == "B" else 0)
    for charge in owed.order_by("id"):
        number = charge.request.number
        if charge.refund_due:
            yield Keep(
                "refund", _("Money goes back to you for request %(number)s.") % {"number": number}, number
            )
        else:
            words = _("Something is still to be paid for request %(number)s: %(sum)s %(currency)s.")
            yield Keep(
                "debt", words % {"number": number, "sum": charge.owed, "currency": charge.currency}, number
            )


def was_charged(case: Case) -> bool:
    """Whether the person was asked to pay something for a request."""
    return (
        case.side == "B" and BorrowingCharge.objects.filter(request_id=case.pk, payer=Payer.PATRON).exists()
    )
