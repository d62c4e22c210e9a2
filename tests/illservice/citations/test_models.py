"""The abstract columns write and read citations; no table is needed to see it."""

from django.db import models

from illservice.citations.data import CitationData
from illservice.citations.identifiers import read_identifier
from illservice.citations.models import CITATION_COLUMNS, CitationFields, IdentifierRow


class Asked(CitationFields):
    class Meta:
        app_label = "citation_tests"
        managed = False


class AskedIdentifier(IdentifierRow):
    class Meta:
        app_label = "citation_tests"
        managed = False


def test_a_citation_survives_the_columns() -> None:
    row = Asked()
    citation = CitationData.from_mapping(
        {"title": "Low water", "date": "9 2016", "author": "Moss", "pmid": "x"}
    )
    row.set_citation(citation)
    identifier = AskedIdentifier().set_identifier(citation.identifiers[0])

    assert row.year == 2016
    assert row.citation([identifier.identifier()]) == citation
    assert (identifier.raw, identifier.normalised, identifier.valid) == ("x", "", False)
    assert identifier.identifier() == read_identifier("pmid", "x")


def test_too_long_and_unclean_text_never_reaches_the_database() -> None:
    row = Asked()
    row.set_citation(CitationData(title="t" * 5000, volume="v\x00" * 999))
    assert (len(row.title), len(row.volume)) == (2000, 255)
    assert "\x00" not in row.volume
    row.full_clean()


def test_only_the_year_can_be_null() -> None:
    fields = [field for field in Asked._meta.get_fields() if isinstance(field, models.Field)]
    assert {field.name for field in fields if field.null} == {"year"}
    assert set(CITATION_COLUMNS) == {field.name for field in fields} - {"id"}
