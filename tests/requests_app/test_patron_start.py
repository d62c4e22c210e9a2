"""What people paste becomes a filled form."""

import pytest
from django.core.cache import cache
from django.test import Client

from illservice.citations.forms.start import read_pasted
from tests.requests_app.patron_walks import errors_of, signed_in
from tests.world import World


@pytest.mark.parametrize(
    ("text", "material", "values"),
    [
        ("10.1000/182", "article", {"doi": "10.1000/182"}),
        (" https://doi.org/10.1000/ABC.1 ", "article", {"doi": "10.1000/abc.1"}),
        ("Hale M. Bees. J Apic 2019. doi:10.1000/xyz123.", "article", {"doi": "10.1000/xyz123"}),
        ("PMID: 31452104", "article", {"pmid": "31452104"}),
        ("31452104", "article", {"pmid": "31452104"}),
        (
            "https://pubmed.ncbi.nlm.nih.gov/31452104/",
            "article",
            {"pmid": "31452104", "cited_in": "https://pubmed.ncbi.nlm.nih.gov/31452104/"},
        ),
        ("PMC7093845", "article", {"pmcid": "PMC7093845"}),
        ("978-0-306-40615-7", "book", {"isbn": "9780306406157"}),
        ("ISBN 0306406152", "book", {"isbn": "9780306406157"}),
        ("0317-8471", "article", {"issn": "0317-8471"}),
        ("OCLC: 41266045", "book", {"oclc": "41266045"}),
        ("ED512345", "report", {"eric": "ED512345"}),
        ("https://example.org/bees", "", {"cited_in": "https://example.org/bees"}),
        ("some book about bees", "", {}),
        ("", "", {}),
        ("978-0-306-40615-0", "", {}),
    ],
)
def test_numbers_and_addresses_are_read(text: str, material: str, values: dict[str, str]) -> None:
    found = read_pasted(text)
    assert (found.material, dict(found.values)) == (material, values)


def test_a_link_with_the_whole_description_is_read() -> None:
    found = read_pasted(
        "https://resolver.example.org/?genre=article&atitle=On+Bees&title=Nature&volume=3&id=doi:10.1000/182"
    )
    assert found.material == "article"
    assert found.values["article_title"] == "On Bees"
    assert found.values["doi"] == "10.1000/182"


def test_pasting_fills_the_form_and_the_choice_wins(world: World) -> None:
    cache.clear()
    ada = signed_in(world.north.patrons["ada"])
    form = ada.get(ada.post("/ask/", {"pasted": "ISBN 0306406152"}).headers["Location"]).context["form"]
    assert (form.material, form["isbn"].value()) == ("book", "9780306406157")
    chosen = ada.post("/ask/", {"pasted": "ISBN 0306406152", "material": "chapter"}).headers["Location"]
    form = ada.get(chosen).context["form"]
    assert (form.material, form["isbn"].value()) == ("chapter", "9780306406157")
    address = {"pasted": "https://example.org/bees"}
    assert errors_of(ada.post("/ask/", address)) == {
        "material": ["Choose what it is. The address alone does not say it."]
    }
    form = ada.get(ada.post("/ask/", address | {"material": "map"}).headers["Location"]).context["form"]
    assert form["cited_in"].value() == "https://example.org/bees"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "material"),
        ({"material": "unicorn"}, "material"),
        ({"pasted": "bees, please"}, "pasted"),
        ({"pasted": "\x00"}, "material"),
        ({"pasted": "🐝"}, "pasted"),
        ({"pasted": "x" * 100_000}, "pasted"),
        ({"pasted": "a=b&" * 10_000}, "pasted"),
    ],
)
def test_what_says_nothing_gets_a_clear_word(world: World, sent: dict[str, str], field: str) -> None:
    page = signed_in(world.north.patrons["ada"]).post("/ask/", sent)
    assert page.status_code == 200
    assert list(errors_of(page)) == [field]
    assert Client().post("/ask/", sent).status_code == 302
