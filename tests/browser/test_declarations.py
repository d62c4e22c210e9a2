"""The warning on the order form as a browser draws it: boxed, as large as what is around it (37 CFR 201.14(c)(2))."""

import pytest

from illservice.citations.models import Journal, LicenceTerms, Subscription
from tests.browser.test_patron_journey import Faults, OpenPage, go_on, sign_in
from tests.requests_app.patron_walks import answers
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAST = 8 * 96 / 72
"""Eight points in CSS pixels."""
DRAWN = """box => {
    const style = getComputedStyle(box);
    const sizes = [...box.querySelectorAll('p, h2, label')].map(each => parseFloat(getComputedStyle(each).fontSize));
    const around = parseFloat(getComputedStyle(document.querySelector('main dl')).fontSize);
    return {border: parseFloat(style.borderTopWidth), least: Math.min(...sizes), around: around};
}"""


@pytest.mark.parametrize("country", ["US", "GB"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_declaration_is_boxed_readable_and_beside_the_button(
    world: World, open_page: OpenPage, faults: Faults, country: str, dark: bool
) -> None:
    assert world.north.library.entity is not None
    world.north.library.entity.jurisdiction = country
    world.north.library.entity.save()
    page = open_page(script=True, narrow=not dark, dark=dark)
    page.goto("/ask/article/")
    sign_in(page)
    filled = answers("article")
    for name in (each for each in filled if each not in {"wanted", "delivery", "branch"}):
        page.fill(f"[name={name}]", filled[name])
    page.check("[name=wanted][value=copy]")
    page.check("[name=delivery][value=electronic]")
    go_on(page)
    box = page.locator("main .declaration")
    drawn = box.evaluate(DRAWN)
    assert drawn["border"] >= 1
    assert drawn["least"] >= max(LEAST, drawn["around"])
    assert not page.locator("main [type=checkbox]:checked").count()
    assert box.evaluate("box => box.nextElementSibling.querySelector('button') !== null")
    assert faults(page) == []
    go_on(page)
    assert page.title().startswith("Error: ")
    assert faults(page) == []


def test_axe_finds_nothing_on_the_pages_of_titles_and_of_the_replay(
    world: World, open_page: OpenPage, faults: Faults
) -> None:
    journal, library = Journal.objects.create(title="Lakes", title_key="lakes"), world.north.library.pk
    journal.issns.create(value="0317-8471", is_linking=True)
    licence = LicenceTerms.objects.create(library=library, name="Waters", terms="paper")
    row = Subscription.objects.create(library=library, journal=journal, licence=licence)
    page = open_page(script=True)
    page.goto("/desk/north/copyright-replay/")
    sign_in(page, "north-administrator")
    one = f"/titles/north/journals/{journal.pk}/"
    found = {"/desk/north/copyright-replay/": faults(page)}
    for url in (
        *("/titles/north/", "/titles/north/journals/", one, f"{one}issn/", f"{one}link/", f"{one}subscribe/"),
        *(f"{one}subscriptions/{row.pk}/", f"{one}remove/issn/0317-8471/", "/titles/north/licences/"),
        *("/titles/north/licences/new/", "/desk/north/new/?patron=north-ada-001&material=article"),
    ):
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        found[url] = faults(page)
    assert {url: wrong for url, wrong in found.items() if wrong} == {}
