"""The columns of a citation and of its identifiers, for the tables of both sides."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.citations.data import TEXT_FIELDS, CitationData, unique_identifiers
from illservice.citations.identifiers import LONGEST_RAW, Identifier, IdentifierKind
from illservice.citations.text import clean_text, parse_year

CITATION_COLUMNS: tuple[str, ...] = (*TEXT_FIELDS, "year")
"""What set_citation writes: the `update_fields` of a save after it."""


class CitationFields(models.Model):
    """A citation as typed columns. The empty text means "not known"; only the year can be null."""

    title = models.TextField(_("title"), max_length=2000, blank=True, default="")
    article_title = models.TextField(_("title of the part"), max_length=2000, blank=True, default="")
    author = models.TextField(_("author"), max_length=2000, blank=True, default="")
    article_author = models.TextField(_("author of the part"), max_length=2000, blank=True, default="")
    publisher = models.CharField(_("publisher"), max_length=500, blank=True, default="")
    place = models.CharField(_("place of publication"), max_length=255, blank=True, default="")
    edition = models.CharField(_("edition"), max_length=255, blank=True, default="")
    series = models.CharField(_("series"), max_length=500, blank=True, default="")
    volume = models.CharField(_("volume"), max_length=255, blank=True, default="")
    issue = models.CharField(_("issue"), max_length=255, blank=True, default="")
    part = models.CharField(_("part"), max_length=255, blank=True, default="")
    date = models.CharField(_("date"), max_length=255, blank=True, default="")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    pages = models.CharField(_("pages"), max_length=255, blank=True, default="")
    language = models.CharField(_("language"), max_length=100, blank=True, default="")

    class Meta:
        abstract = True

    def citation(
        self, identifiers: "models.QuerySet[IdentifierRow] | list[Identifier] | None" = None
    ) -> CitationData:
        """The citation as a value, with the identifiers handed in (rows of IdentifierRow or values)."""
        read = tuple(one if isinstance(one, Identifier) else one.identifier() for one in (identifiers or ()))
        texts = {name: getattr(self, name) for name in TEXT_FIELDS}
        return CitationData(**texts, identifiers=unique_identifiers(read))

    def set_citation(self, citation: CitationData) -> None:
        """Writes the columns; identifiers are rows of their own. Saves nothing.

        A text longer than its column is cut at the column's length: a form refuses it before, an import keeps the
        whole in its raw data.
        """
        longest = {field.name: getattr(field, "max_length", None) for field in self._meta.fields}
        for name in TEXT_FIELDS:
            setattr(self, name, clean_text(getattr(citation, name))[: longest[name]].rstrip())
        self.year = parse_year(self.date)


class IdentifierRow(models.Model):
    """One identifier of a citation. The concrete table adds the key of its citation and the index it needs."""

    kind = models.CharField(_("kind"), max_length=10, choices=IdentifierKind)
    raw = models.CharField(_("as written"), max_length=LONGEST_RAW)
    normalised = models.CharField(_("normal form"), max_length=LONGEST_RAW, blank=True, default="")
    valid = models.BooleanField(_("valid"), default=False)

    class Meta:
        abstract = True

    def identifier(self) -> Identifier:
        return Identifier(IdentifierKind(self.kind), self.raw, self.normalised, self.valid)

    def set_identifier(self, identifier: Identifier) -> Self:
        """Writes the columns. Saves nothing."""
        self.kind, self.raw = identifier.kind, identifier.raw
        self.normalised, self.valid = identifier.normalised, identifier.valid
        return self
