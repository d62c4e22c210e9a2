"""What a person reads and declares when they ask for a copy. Data only; the form draws it, the request keeps it."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """Something that the person writes or ticks. `kind`: text, date, or tick (it must be ticked)."""

    name: str
    label: str | Promise
    kind: str = "tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The warning or declaration of one country.

    `version` is kept with every acceptance and changes with the words. `heading` and `paragraphs` stand in a box beside
    the button that sends the form; where the law prescribes the words they are plain text and are never translated
    (`is_verbatim`). `accept` is the tick that is never set beforehand. `keep_years` is how long the acceptance is kept
    after the year of the request, apart from the request itself; None: as long as its record.
    """

    version: str
    heading: tuple[str | Promise, ...] = ()
    paragraphs: tuple[str | Promise, ...] = ()
    accept: str | Promise = ""
    fields: tuple[DeclaredField, ...] = ()
    is_verbatim: bool = False
    keep_years: int | None = None

    @property
    def text(self) -> str:
        """All of the words in order, in the reader's language, one paragraph to a line."""
        return "\n".join(str(each) for each in (*self.heading, *self.paragraphs))

    @property
    def shown(self) -> str:
        """All that stands on the form: the text, what is ticked one by one, and what is accepted."""
        ticks = (each.label for each in self.fields if each.kind == "tick")
        return "\n".join((self.text, *(str(each) for each in (*ticks, self.accept) if each)))

    @property
    def is_signed(self) -> bool:
        """Whether the law wants it in writing, with a name under it."""
        return any(each.kind == "text" for each in self.fields)
