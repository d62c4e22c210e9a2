"""The pages of loan policies: who may, what is shown before saving, saved, taken back, ended."""

from datetime import date
from typing import Any

import pytest

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.models import AuditEntry
from illservice.directory.models import Agreement, Library, Partnership
from illservice.policies.models import Policy, PolicyVersion
from illservice.policies.selectors import decide_for
from patrons.models import PatronCategory
from tests.lending.pages import clerk
from tests.lending.verbs import lend, shipped
from tests.world import World

INDEX, NEW = "/policies/north/", "/policies/north/new/lending/"


def form(**values: Any) -> dict[str, Any]:
    """The form for lending as it stands, with changes."""
    usual = {
        "name": "Everybody", "valid_from": "2026-01-01", "loan_days": "35", "renewals": "1", "renewal_days": "28",
        "answer_working_days": "3", "answer_cap_days": "10", "reply_days": "7", "shipping_days_back": "7",
        "resend_days": "14", "unconfirmed_days": "21", "due_soon_days": "", "grace_days": "0", "steps-TOTAL_FORMS": "3",
        "steps-INITIAL_FORMS": "1", "steps-0-day": "1", "steps-0-notice": "on",
    }  # fmt: skip
    return usual | values


def saved(world: World, **values: Any) -> Policy:
    """A policy made on the page."""
    answer = clerk(world.north, Role.HEAD).post(NEW, form(do="save", **values))
    assert answer.status_code == 302, answer.content.decode()
    return Policy.objects.order_by("-number")[0]


def test_heads_and_administrators_set_policies_and_nobody_else(world: World) -> None:
    for role in (Role.LENDING, Role.BORROWING, Role.STUDENT):
        assert clerk(world.north, role).get(INDEX).status_code == 403
        assert clerk(world.north, role).post(NEW, form(do="save")).status_code == 403
    assert clerk(world.south, Role.HEAD).post(NEW, form(do="save")).status_code == 404
    assert not Policy.objects.exists()
    policy = saved(world)
    assert (policy.number, policy.library) == (1, world.north.library)
    assert clerk(world.south, Role.HEAD).get("/policies/south/1/").status_code == 404
    for role in (Role.HEAD, Role.ADMINISTRATOR):
        assert "Everybody" in clerk(world.north, role).get(INDEX).content.decode()


def test_a_change_is_shown_on_real_requests_before_it_is_saved(world: World) -> None:
    loan, other = lend(world), lend(world)
    shipped(world, loan)
    answer = clerk(world.north, Role.HEAD).post(
        NEW, form(do="preview", loan_days="60", valid_from="2026-01-01")
    )
    words = answer.content.decode()
    assert "1 of 2 open requests" in words
    assert loan.number in words
    assert other.number not in words
    assert "another due date" in words
    assert not Policy.objects.exists()
    same = clerk(world.north, Role.HEAD).post(NEW, form(do="preview")).content.decode()
    assert "0 of 2 open requests" in same
    assert 'value="save"' in same


def test_a_fee_hits_everything_and_only_the_first_twenty_are_named(world: World) -> None:
    loans = [lend(world) for _ in range(22)]
    words = clerk(world.north, Role.HEAD).post(NEW, form(do="preview", fee="2,50")).content.decode()
    assert "22 of 22 open requests" in words
    assert sum(loan.number in words for loan in loans) == 20


def test_what_makes_no_sense_is_refused_and_nothing_changes(world: World) -> None:
    client = clerk(world.north, Role.HEAD)
    wrong: dict[str, Any]
    for wrong in (
        {"loan_days": "0"}, {"loan_days": "4000"}, {"due_soon_days": "soon"}, {"name": ""}, {"fee": "-1"},
        {"valid_until": "2025-12-31"}, {"steps-1-block": "on"}, {"steps-0-notice": ""}, {"material": "moon"},
        {"steps-1-day": "1", "steps-1-block": "on"},
        {"partner": "southfield"}, {"conditions": ["Shouting"]},
    ):  # fmt: skip
        assert client.post(NEW, form(do="save", **wrong)).status_code == 422, wrong
    assert not Policy.objects.exists()
    twice = client.post(NEW, form(do="preview", **{"steps-1-day": "1", "steps-1-block": "on"}))
    summary = twice.content.decode().partition("<h1>")[0]
    assert summary.count("Another step has this day") == 2, "said at the top, too"
    assert client.get("/policies/north/new/sideways/").status_code == 404


def test_one_policy_for_one_selector_and_a_partner_or_its_agreement(world: World) -> None:
    group = Agreement.objects.create(library=world.north.library, code="state", name="State consortium")
    saved(world)
    client = clerk(world.north, Role.HEAD)
    assert client.post(NEW, form(do="save")).status_code == 422
    both = form(do="save", partner="eastlake", agreement="state")
    assert client.post(NEW, both).status_code == 422
    assert Policy.objects.count() == 1
    saved(world, agreement="state", loan_days="50")
    saved(world, partner="eastlake", loan_days="60")
    assert _days(world.north.library, world.eastlake) == 60
    Partnership.objects.filter(partner=world.westport).update(agreement=group)
    assert _days(world.north.library, world.westport) == 50
    assert _days(world.north.library, world.south.library) == 35


def _days(library: Library, partner: Library) -> int:
    winner = decide_for(library.pk, "lending", on=date(2026, 3, 2), partner_id=partner.pk).winner
    assert winner is not None
    return winner.terms.loan_days


def test_a_change_is_a_new_version_and_can_be_taken_back(world: World) -> None:
    policy = saved(world)
    client, url = clerk(world.north, Role.ADMINISTRATOR), "/policies/north/1/"
    assert client.post(url, form(do="save", loan_days="21", name="All", seen="1")).status_code == 302
    assert _days(world.north.library, world.eastlake) == 21
    assert 'value="21"' in client.get(url).content.decode()
    assert client.post(url + "undo/", {"seen": "2"}).status_code == 302
    assert _days(world.north.library, world.eastlake) == 35
    assert policy.versions.count() == 2
    changes = AuditEntry.objects.filter(model="ill_policies.Policy").values_list("action", flat=True)
    assert list(changes.order_by("pk")) == ["create", "change", "change", "undo"]


def test_of_two_people_the_second_is_told_and_changes_nothing(world: World) -> None:
    saved(world)
    client, url = clerk(world.north, Role.HEAD), "/policies/north/1/"
    client.post(url, form(do="save", loan_days="21", seen="1"))
    assert client.post(url, form(do="save", loan_days="22", seen="1")).status_code == 409
    assert client.post(url + "undo/", {"seen": "1"}).status_code == 409
    assert client.post(url + "stop/", {"seen": "1"}).status_code == 409
    assert PolicyVersion.objects.count() == 2
    assert _days(world.north.library, world.eastlake) == 21


def test_what_was_changed_after_the_preview_is_shown_again_before_it_is_saved(world: World) -> None:
    client = clerk(world.north, Role.HEAD)
    shown = client.post(NEW, form(do="preview", loan_days="14"))
    previewed = shown.context["preview"]["previewed"]
    assert f'name="previewed" value="{previewed}"' in shown.content.decode()
    again = client.post(NEW, form(do="save", loan_days="41", previewed=previewed))
    assert "You changed something after this was shown" in again.content.decode()
    assert not Policy.objects.exists()
    previewed = again.context["preview"]["previewed"]
    saving = form(do="save", loan_days="41", previewed=previewed, csrfmiddlewaretoken="x")
    assert client.post(NEW, saving).status_code == 302
    assert PolicyVersion.objects.get().terms["loan_days"] == 41


def test_before_a_policy_ends_the_page_shows_whom_that_hits(world: World) -> None:
    saved(world, name="Wide", loan_days="60")
    saved(world, partner="eastlake", loan_days="14", name="Narrow")
    loan, other = lend(world), lend(world)
    shipped(world, loan)
    url = "/policies/north/2/stop/"
    assert f'href="{url}"' in clerk(world.north, Role.HEAD).get("/policies/north/2/").content.decode()
    words = clerk(world.north, Role.ADMINISTRATOR).get(url).content.decode()
    assert "1 of 2 open requests" in words
    assert loan.number in words
    assert "decide 2 open requests of this one, too" in words
    assert "decided_too" not in clerk(world.north, Role.HEAD).get(url).content.decode()
    assert PolicyVersion.objects.count() == 2, "looking ends nothing"
    told = {"seen": "1", "decided_too": "on"}
    assert clerk(world.north, Role.HEAD).post(url, told).status_code == 403
    assert clerk(world.north, Role.ADMINISTRATOR).post(url, told).status_code == 302
    end = PolicyVersion.objects.get(stops=True)
    assert {move.number for move in end.moves.all()} == {loan.number, other.number}
    assert clerk(world.north, Role.HEAD).get(url).status_code == 302, "it has ended"
    assert clerk(world.south, Role.HEAD).get("/policies/south/2/stop/").status_code == 404


def test_an_ended_policy_decides_no_more_and_can_begin_again(world: World) -> None:
    saved(world, name="Wide")
    saved(world, partner="eastlake", loan_days="60", name="Narrow")
    client = clerk(world.north, Role.HEAD)
    client.post("/policies/north/2/stop/", {"seen": "1"})
    today = clock.local_date(clock.now(), world.north.library.timezone)
    winner = decide_for(world.north.library.pk, "lending", on=today, partner_id=world.eastlake.pk).winner
    assert winner is not None
    assert winner.name == "Wide"
    assert "ended on" in client.get(INDEX).content.decode()
    client.post("/policies/north/2/undo/", {"seen": "2"})
    winner = decide_for(world.north.library.pk, "lending", on=today, partner_id=world.eastlake.pk).winner
    assert winner is not None
    assert winner.name == "Narrow"


def test_what_was_taken_back_stands_in_no_form_again(world: World) -> None:
    saved(world, loan_days="35")
    client, url = clerk(world.north, Role.HEAD), "/policies/north/1/"
    client.post(url, form(do="save", loan_days="21", seen="1"))
    client.post(url + "undo/", {"seen": "2"})
    client.post(url + "stop/", {"seen": "2"})
    assert client.get(url).context["form"]["loan_days"].value() == 35


def test_the_page_says_which_one_wins_and_why_the_others_do_not(world: World) -> None:
    saved(world, name="Wide")
    saved(world, name="Maps", material="map")
    saved(world, partner="eastlake", name="Narrow")
    query = {"side": "lending", "partner": "eastlake", "material": "book", "kind": "loan", "on": "2026-03-02"}
    words = clerk(world.north, Role.HEAD).get(INDEX, query).content.decode()
    assert "<strong>Narrow</strong>" in words
    assert "It is for Eastlake University, and nothing narrower fits." in words
    assert "a narrower policy goes first" in words
    assert "for another material" in words
    assert (
        "no policy matches"
        in clerk(world.north, Role.HEAD).get(INDEX, query | {"side": "borrowing"}).content.decode()
    )


def test_one_more_step_keeps_what_was_typed(world: World) -> None:
    words = clerk(world.north, Role.HEAD).post(NEW, form(do="more", name="Half done")).content.decode()
    assert 'value="Half done"' in words
    assert 'name="steps-3-day"' in words
    ladder = {"steps-1-day": "14", "steps-1-block": "on", "steps-2-day": "30", "steps-2-bill": "on"}
    saved(world, **ladder)
    assert [step["day"] for step in PolicyVersion.objects.get().terms["overdue"]] == [1, 14, 30]


@pytest.mark.parametrize("count", [1, 12])
def test_the_pages_cost_the_same_few_statements(
    world: World, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        shipped(world)
        saved(world, name=f"P{number}", material=["", "book", "map", "score", "thesis", "report"][number % 6],
              kind=["", "loan"][number // 6])  # fmt: skip
    client = clerk(world.north, Role.HEAD)
    client.get(INDEX)
    with django_assert_max_num_queries(14):
        client.get(INDEX)
    with django_assert_max_num_queries(16):
        client.post("/policies/north/1/", form(do="preview", loan_days="9"))


def test_a_category_is_named_in_the_words_of_the_library(world: World) -> None:
    PatronCategory.objects.create(library=world.north.library, code="tutor", name="People who teach")
    Policy.objects.create(
        library=world.north.library, number=1, side="borrowing", name="Long", category="tutor"
    )
    assert "<td>People who teach</td>" in clerk(world.north, Role.HEAD).get(INDEX).content.decode()
