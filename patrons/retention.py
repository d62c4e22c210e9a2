"""What is held about patrons in their own records."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from illservice.core.retention import Held, Line, Occasion, Person, register, register_harmless
from patrons.models import NoticeChoice, Patron, PatronBlock, Proxy
from patrons.services.erasing import erase_blocks, erase_record, erase_telling

_FACTS = (
    "name", "barcode", "email", "phone", "address", "department", "language", "expires_on", "is_blocked",
    "block_reason", "blocked_until", "note", "history",
)  # fmt: skip


def _record(person: Person) -> Iterator[list[Line]]:
    for patron in Patron.objects.filter(pk=person.record_id).select_related(
        "library", "category", "home_branch"
    ):
        lines = [Line("library", _("library"), patron.library.name)]
        lines.append(Line("category", _("category"), patron.category.name))
        branch = patron.home_branch.name if patron.home_branch else ""
        lines.append(Line("home_branch", _("home branch"), branch))
        for name in _FACTS:
            field = next(each for each in Patron._meta.concrete_fields if each.name == name)
            value = patron.get_history_display() if name == "history" else getattr(patron, name)
            lines.append(Line(name, field.verbose_name, value))
        lines.append(Line("contact", _("prefers"), patron.get_contact_display()))
        yield lines


def _blocks(person: Person) -> Iterator[list[Line]]:
    for block in PatronBlock.objects.filter(patron_id=person.record_id):
        yield [Line("number", _("request number"), block.number), Line("since", _("since"), block.since)]


def _telling(person: Person) -> Iterator[list[Line]]:
    for choice in NoticeChoice.objects.filter(patron_id=person.record_id):
        yield [
            Line("reminders", _("reminders"), choice.reminders),
            Line("news", _("news about requests"), choice.news),
            Line("address", _("number for messages"), choice.address),
        ]
    for proxy in Proxy.objects.filter(patron_id=person.record_id):
        yield [
            Line("name", _("acts for you"), proxy.name),
            Line("email", _("e-mail"), proxy.email),
            Line("may_collect", _("may pick up"), proxy.may_collect),
            Line("gets_notices", _("is told, too"), proxy.gets_notices),
            Line("until", _("until"), proxy.until),
        ]


_HELD = (
    Held(
        code="record",
        label=_("Your record at the library"),
        why=_("So that the library knows who asks, how to reach you and what you may ask for."),
        until=_("Until you are erased. The library’s list of its users may bring it back."),
        fields={
            "ill_patrons.Patron": "user barcode name email phone address department language block_reason"
            " note search_text"
        },
        on={Occasion.LEAVING: erase_record},
        told=_record,
        position=10,
    ),
    Held(
        code="blocks",
        label=_("Blocks while something is overdue"),
        why=_("So that nothing more is asked for while an item is long overdue."),
        until=_("Until the item is back."),
        fields={"ill_patrons.PatronBlock": "patron number"},
        on={Occasion.LEAVING: erase_blocks},
        told=_blocks,
        position=11,
    ),
    Held(
        code="telling",
        label=_("How you are told, and who acts for you"),
        why=_("So that notices reach you in the way you chose, and that somebody else can pick up for you."),
        until=_("Until you change it or take a name away."),
        fields={
            "ill_patrons.NoticeChoice": "patron reminders news address",
            "ill_patrons.Proxy": "patron account name email",
        },
        on={Occasion.LEAVING: erase_telling},
        told=_telling,
        position=12,
    ),
)


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    for held in _HELD:
        register(held)
    register_harmless("ill_patrons.PatronCategory", "code name refused_materials refusal_text", "rules")
    register_harmless("ill_patrons.PrivacyRules", "kept_categories", "codes of categories")
    register_harmless("ill_patrons.Erasure", "kept_because", "codes of what stood in the way")
