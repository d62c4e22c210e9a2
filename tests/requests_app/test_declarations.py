"""The declaration on copyright: shown, accepted, stored, kept as long as its law says (37 CFR 201.14, CDPA s. 42A)."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import InvalidInput
from illservice.core.retention import Occasion, Person, erase, told_to
from requests_app.copyright import RULE_SETS, rules_for
from requests_app.copyright.rules import us
from requests_app.models import (
    BorrowingRequest,
    CopyrightAcceptance,
    CopyrightText,
    SignedDeclaration,
)
from requests_app.services import review
from requests_app.services.copyright.gathering import gather
from requests_app.services.declaring import Declared
from requests_app.services.erasing import prune_declarations
from requests_app.services.privacy import case_of
from requests_app.services.submit import NewRequest, submit
from tests.requests_app.desk_walks import clerk
from tests.requests_app.patron_walks import errors_of, send, signed_in, text_of, to_check
from tests.requests_app.test_api import LIST, asked, bearer, post
from tests.requests_app.test_create_desk import NEW, typed
from tests.world import NOON, US_WARNING, House, World, article, ask_for, new_copy, new_loan

UK = "GB-42A/1"


def by_law_of(house: House, country: str) -> None:
    """The house stands under another law."""
    assert house.library.entity is not None
    house.library.entity.jurisdiction = country
    house.library.entity.save()


def words_of(html: str) -> str:
    """What a page says, without its marks, blanks folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def nothing_was_kept() -> bool:
    kept = (BorrowingRequest, CopyrightAcceptance, CopyrightText, SignedDeclaration)
    return not any(model.objects.exists() for model in kept)


def send_in(world: World, declared: Declared | None, actor: Actor | None = None, **values: Any) -> Any:
    new: NewRequest = new_copy(declared=declared, **values)
    number = submit(
        patron_id=world.north.patrons["ada"].pk, new=new, actor=actor or world.north.patron_actor(), at=NOON
    )
    return BorrowingRequest.objects.get(number=number)


def test_the_warning_stands_word_for_word_in_a_box_on_the_form_of_a_copy_and_is_not_ticked(
    world: World,
) -> None:
    ada = signed_in(world.north.patrons["ada"])
    page = text_of(ada.get(to_check(ada, "article")))
    box = page[page.index('<section class="declaration"') : page.index("Send my request")]
    assert words_of(" ".join(us.WARNING)) in words_of(box)
    assert words_of(box).startswith("NOTICE WARNING CONCERNING COPYRIGHT RESTRICTIONS")
    assert 'lang="en"' in box
    tick = re.search(r'<input type="checkbox" name="accepts_copyright"[^>]*>', box)
    assert tick is not None
    assert "checked" not in tick[0]
    assert "declaration" not in text_of(ada.get(to_check(ada, "book")))
    either = to_check(ada, "book", title="What comes as a copy", wanted="either")
    assert 'name="accepts_copyright"' in text_of(ada.get(either))


def test_a_copy_is_asked_for_only_with_the_warning_accepted_and_both_are_stored(world: World) -> None:
    ada = signed_in(world.north.patrons["ada"])
    url = to_check(ada, "article")
    refused = ada.post(url, {"seen": "1", "copyright_version": US_WARNING})
    assert list(errors_of(refused)) == ["accepts_copyright"]
    assert nothing_was_kept()
    old = ada.post(url, {"seen": "1", "copyright_version": "37-CFR-201.14/0", "accepts_copyright": "on"})
    assert "has changed" in errors_of(old)["accepts_copyright"][0]
    assert f'value="{US_WARNING}"' in text_of(old)
    assert nothing_was_kept()
    assert send(ada, url).status_code == 302
    accepted = CopyrightAcceptance.objects.select_related("text").get()
    assert (accepted.how, accepted.text.version, accepted.text.jurisdiction) == ("web", US_WARNING, "US")
    assert accepted.text.text.startswith(us.DECLARATION.text)
    assert not SignedDeclaration.objects.exists()


@pytest.mark.parametrize("country", [*RULE_SETS, "FR"])
def test_every_country_has_its_own_words_on_the_form_and_in_the_store(world: World, country: str) -> None:
    by_law_of(world.north, country)
    ada, declaration = signed_in(world.north.patrons["ada"]), rules_for(country).declaration
    url = to_check(ada, "article")
    page = words_of(text_of(ada.get(url)))
    assert words_of(declaration.text) in page
    more = (
        {"declare_signature": "Ada Northfield", "declare_date": "2026-01-01"} if declaration.is_signed else {}
    )
    assert send(ada, url, **more).status_code == 302
    text = CopyrightText.objects.get()
    assert (text.version, text.jurisdiction, text.text) == (declaration.version, country, declaration.shown)


def test_the_law_of_the_united_kingdom_wants_every_statement_and_a_name(world: World) -> None:
    by_law_of(world.north, "GB")
    ada = signed_in(world.north.patrons["ada"])
    url = to_check(ada, "article")
    for missing in ("declare_not_passed_on", "declare_signature", "accepts_copyright"):
        values = {"declare_signature": "Ada N", "declare_date": "2026-03-01"} | {missing: ""}
        assert list(errors_of(send(ada, url, **values))) == [missing]
    for wrong in ("2999-01-01", "soon"):
        answer = send(ada, url, declare_signature="Ada N", declare_date=wrong)
        assert answer.status_code == 200
    assert nothing_was_kept()
    assert send(ada, url, declare_signature="Ada N", declare_date="2026-03-01").status_code == 302
    signed = SignedDeclaration.objects.get()
    assert (signed.signature, signed.signed_on) == ("Ada N", date(2026, 3, 1))
    assert "Bees and their" in signed.material


def test_the_rules_of_a_country_that_wants_a_declaration_read_the_one_that_was_made(world: World) -> None:
    warned = send_in(world, Declared(US_WARNING))
    other = replace(article("Whales of the North"), issue="99")
    by_law_of(world.north, "GB")
    declared = send_in(world, Declared(UK, signature="Ada Byron"), citation=other)
    assert (declared.copyrights.get().rule, declared.copyrights.get().statement) == ("U3", "UK-FairDealing")
    warned = BorrowingRequest.objects.get(pk=warned.pk)
    facts = gather(warned, article(), asked_on=NOON.date()).facts
    assert not facts.declared, "a warning of another country is no declaration under this law"


def test_a_loan_that_became_a_copy_is_signed_for_on_paper_and_goes_on(world: World) -> None:
    by_law_of(world.north, "GB")
    request = ask_for(world.north, new_loan(material="article", citation=article()))
    desk = world.north.actor()
    review.edit(request_id=request.pk, values={"kind": "copy"}, actor=desk, at=NOON)
    record = request.copyrights.get()
    assert (record.rule, record.decided_at) == ("U2", None)
    client, door = clerk(world.north), f"/desk/north/requests/{request.number}/do/note_declaration/"
    page = words_of(client.get(door).content.decode())
    assert "No library has given me a copy of this before." in page
    assert CopyrightAcceptance.objects.count() == 0
    signed = {"signed": "on", "signature": "Ada Byron", "signed_on": "2026-03-01"}
    seen = {"version": BorrowingRequest.objects.get(pk=request.pk).version}
    for wrong in ({"signed": ""}, {"signature": ""}, {"signed_on": "2190-01-01"}):
        assert client.post(door, signed | seen | wrong).status_code == 422
    assert clerk(world.north, Role.COPYRIGHT).post(door, signed | seen).status_code == 403
    assert CopyrightAcceptance.objects.count() == 0
    assert client.post(door, signed | seen).status_code == 302
    kept = SignedDeclaration.objects.get()
    assert (kept.signature, kept.signed_on) == ("Ada Byron", date(2026, 3, 1))
    assert CopyrightAcceptance.objects.get(request=request).how == "paper"
    record.refresh_from_db()
    assert (record.rule, record.statement) == ("U3", "UK-FairDealing")
    assert request.events.filter(action="note_declaration").count() == 1
    now = BorrowingRequest.objects.get(pk=request.pk).version
    assert client.post(door, signed | {"version": now}).status_code == 409


def test_nobody_gets_round_it_by_another_door(world: World) -> None:
    for declared in (None, Declared("review/1"), Declared(US_WARNING, how="paper")):
        with pytest.raises(InvalidInput):
            send_in(world, declared)
    with pytest.raises(InvalidInput):
        send_in(world, Declared(US_WARNING, how="web"), world.north.actor())
    by_law_of(world.north, "GB")
    for declared in (Declared(UK, how="paper"), Declared(UK, how="phone", signature="Ada")):
        with pytest.raises(InvalidInput):
            send_in(world, declared, world.north.actor())
    assert nothing_was_kept()
    request = send_in(world, Declared(UK, how="paper", signature="Ada"), world.north.actor())
    assert (request.acceptance.how, request.acceptance.signed.signature) == ("paper", "Ada")


def test_a_loan_needs_no_warning_and_keeps_none(world: World) -> None:
    ask_for(world.north, new_loan(declared=Declared("nonsense")))
    assert not CopyrightAcceptance.objects.exists()


def test_the_desk_says_how_the_patron_accepted_it(world: World) -> None:
    client = clerk(world.north)
    copy = typed(material="article", wanted="copy", article_title="Bees", token="t", delivery="electronic")
    page = text_of(client.get(NEW, {"patron": "north-ada-001", "material": "article"}))
    assert words_of(" ".join(us.WARNING)) in words_of(page)
    refused = client.post(NEW, copy | {"copyright_version": US_WARNING, "confirmed": "1"})
    assert (refused.status_code, list(errors_of(refused))) == (422, ["declared_how"])
    assert nothing_was_kept()
    done = client.post(
        NEW, copy | {"copyright_version": US_WARNING, "declared_how": "phone", "confirmed": "1"}
    )
    assert CopyrightAcceptance.objects.get().how == "phone"
    page = text_of(client.get(done["Location"]))
    assert "in person or by telephone" in page
    assert str(rules_for("US").name) in words_of(page)
    link = re.search(r'href="(/desk/north/copyright-texts/[^"]+)"', page)
    assert link is not None
    assert words_of(" ".join(us.WARNING)) in words_of(text_of(client.get(link[1])))
    assert client.get("/desk/north/copyright-texts/nothing/").status_code == 404


def test_the_desk_s_form_lists_what_the_patron_declares_where_the_law_wants_it_signed(world: World) -> None:
    by_law_of(world.north, "GB")
    page = text_of(clerk(world.north).get(NEW, {"patron": "north-ada-001", "material": "article"}))
    for field in rules_for("GB").declaration.fields:
        assert field.kind != "tick" or str(field.label) in unescape(page)
    assert 'value="phone"' not in page
    copy = typed(
        material="article", wanted="copy", article_title="Bees", delivery="electronic", confirmed="1"
    )
    clerk(world.north).post(
        NEW, copy | {"copyright_version": UK, "declared_how": "paper", "signature": "Ada N"}
    )
    assert SignedDeclaration.objects.get().signature == "Ada N"


def test_the_page_says_when_it_was_accepted_as_the_library_s_clock_shows_it(world: World) -> None:
    request = send_in(world, Declared(US_WARNING))
    accepted = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    CopyrightAcceptance.objects.update(at=accepted)
    page = words_of(text_of(clerk(world.north).get(f"/desk/north/requests/{request.number}/")))
    assert "Accepted March 2, 2026, 7:30 p.m." in page


def test_the_page_says_when_a_copy_has_no_declaration(world: World) -> None:
    request = ask_for(world.north, new_copy())
    CopyrightAcceptance.objects.all().delete()
    page = text_of(clerk(world.north).get(f"/desk/north/requests/{request.number}/"))
    assert "No declaration on copyright is on file" in page


def test_only_those_who_see_people_see_the_signature(world: World) -> None:
    by_law_of(world.north, "GB")
    request = send_in(world, Declared(UK, signature="Ada Byron"))
    seen = {
        role: "Ada Byron" in text_of(clerk(world.north, role).get(f"/desk/north/requests/{request.number}/"))
        for role in (Role.BORROWING, Role.COPYRIGHT)
    }
    assert seen == {Role.BORROWING: True, Role.COPYRIGHT: False}


def test_programs_read_the_text_and_send_its_version(world: World) -> None:
    client = bearer(world)
    text = client.get("/api/v1/copyright/").json()
    assert (text["version"], text["paragraphs"]) == (US_WARNING, list(us.WARNING))
    copy = asked(material="article", wanted="copy", citation={"title": "Bees", "article_title": "Flight"})
    answer = post(client, LIST, copy | {"accepts_copyright": "37-CFR-201.14/0"})
    assert answer.status_code == 400
    assert US_WARNING in answer.json()["detail"]["fields"]["accepts_copyright"]
    assert nothing_was_kept()
    made = post(client, LIST, copy | {"accepts_copyright": US_WARNING})
    assert made.status_code == 201
    found = made.json()["acceptance"]
    assert (found["version"], found["jurisdiction"], found["how"]) == (US_WARNING, "US", "api")
    loan = post(client, LIST, asked())
    assert (loan.status_code, loan.json()["acceptance"]) == (201, None)
    schema = client.get("/api/schema/?format=json").json()
    field = schema["components"]["schemas"]["NewRequest"]["properties"]["accepts_copyright"]
    assert US_WARNING in field["description"]


def test_a_program_with_a_form_of_its_own_names_no_text_unless_the_law_wants_a_signature(
    world: World,
) -> None:
    client = bearer(world)
    copy = asked(material="article", wanted="copy", citation={"title": "Bees", "article_title": "Flight"})
    made = post(client, LIST, copy)
    assert (made.status_code, made.json()["acceptance"]) == (201, None)
    by_law_of(world.north, "GB")
    answer = post(client, LIST, copy)
    assert (answer.status_code, UK in answer.json()["detail"]["fields"]["accepts_copyright"]) == (400, True)


def test_a_signed_declaration_outlives_the_person_s_link_and_goes_when_its_years_are_over(
    world: World,
) -> None:
    by_law_of(world.north, "GB")
    request = send_in(world, Declared(UK, signature="Ada Byron"))
    patron = world.north.patrons["ada"]
    person = Person(patron.pk, world.north.library.pk, patron.user_id)
    told = next(each for each in told_to(person) if each.held.code == "declarations")
    assert "Ada Byron" in {line.value for lines in told.records for line in lines}
    erase(Occasion.PERSON, case_of(request), NOON)
    signed = SignedDeclaration.objects.get()
    assert (signed.acceptance, signed.signature, signed.keep_until) == (None, "Ada Byron", date(2032, 12, 31))
    assert CopyrightAcceptance.objects.get().text.version == UK
    assert prune_declarations(datetime(2032, 12, 31, 23, tzinfo=UTC)) == 0
    assert prune_declarations(datetime(2033, 1, 2, tzinfo=UTC)) == 1
    assert not SignedDeclaration.objects.exists()


def test_the_same_words_are_kept_once_and_never_go(world: World) -> None:
    first = send_in(world, Declared(US_WARNING))
    second = send_in(world, Declared(US_WARNING))
    assert first.acceptance.text_id == second.acceptance.text_id
    german = send_in(world, Declared(US_WARNING, language="de"))
    assert german.acceptance.text.language == "de"
    assert " ".join(us.WARNING[0].split()) in german.acceptance.text.text
    token = Actor(ActorKind.TOKEN, 1, world.north.library.pk, frozenset({Role.BORROWING}))
    assert send_in(world, Declared(US_WARNING, how="api"), token).acceptance.how == "api"
