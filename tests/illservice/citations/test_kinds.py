"""Every material has its words, its kind and a form."""

import pytest

from illservice.citations.data import TEXT_FIELDS
from illservice.citations.identifiers import IdentifierKind
from illservice.citations.kinds import FIELDS, Kind, Material, missing_fields, required_fields


@pytest.mark.parametrize("material", Material)
def test_every_material_has_labels_and_a_form(material: Material) -> None:
    fields = FIELDS[material]
    names = [field.name for field in fields]
    assert str(material.label)
    assert str(material.patron_label)
    assert all(str(field.label) for field in fields)
    assert len(names) == len(set(names))
    assert set(names) <= {*TEXT_FIELDS, *IdentifierKind.values}
    assert required_fields(material)
    assert ("article_title" in required_fields(material)) == material.is_part


def test_parts_and_patents_are_copies_and_the_rest_is_lent() -> None:
    copies = {material for material in Material if material.default_kind is Kind.COPY}
    assert copies == {Material.ARTICLE, Material.CHAPTER, Material.CONFERENCE_PAPER, Material.PATENT}
    assert all(str(kind.patron_label) for kind in Kind)


def test_what_is_missing_is_named_and_an_identifier_stands_for_the_titles() -> None:
    assert missing_fields("article", {"title": "Journal of Tides", "article_title": " "}) == (
        "article_title",
    )
    assert missing_fields("article", {"title": "Journal of Tides", "article_title": "Low water"}) == ()
    assert missing_fields("article", {"doi": "10.1000/1"}) == ()
    assert missing_fields("book", {"doi": "10.1000/1"}) == ("title",)
