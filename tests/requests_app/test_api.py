"""The REST door: who gets what, the same life as at the desk, one shape for every refusal."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from illservice.accounts import tokens
from illservice.accounts.models import Membership
from illservice.accounts.roles import Role
from illservice.core import clock
from requests_app.models import BorrowingRequest
from requests_app.services.review import open_hold
from tests.world import NOON, World, ask_for, book, later, new_copy, new_loan

LIST = "/api/v1/requests/"


def bearer(world: World, role: str = Role.BORROWING, *, house: str = "north") -> Client:
    """A program with a token of a library."""
    made = tokens.create_token(
        library_id=getattr(world, house).library.pk, name="script", role=role, at=clock.now()
    )
    return Client(headers={"Authorization": f"Bearer {made.key}"})


def signed_in(world: World, who: str, *, house: str = "north") -> Client:
    """A person's browser: a role of the house, or a patron's name."""
    home = getattr(world, house)
    client = Client()
    client.force_login(home.people[who] if who in home.people else home.patrons[who].user)
    return client


def post(client: Client, url: str, body: Any = None, **headers: str) -> Any:
    return client.post(url, body or {}, content_type="application/json", headers=headers)


def url_of(request: BorrowingRequest, action: str = "") -> str:
    return f"{LIST}{request.number}/" + (f"actions/{action}/" if action else "")


def asked(**values: Any) -> dict[str, Any]:
    return {
        "patron": "north-ada-001",
        "material": "book",
        "wanted": "loan",
        "citation": {"title": "Middlemarch", "author": "Eliot, George", "isbn": "9780306406157"},
    } | values


@pytest.fixture(autouse=True)
def _no_calls_counted() -> None:
    cache.clear()


@pytest.fixture
def client(world: World) -> Client:
    return bearer(world)


CALLERS = ("nobody", "patron", "stranger", "roleless", "student", "lending", "borrowing", "token")
TABLE: list[tuple[str, str, tuple[int, ...]]] = [
    #                                 nobody patron stranger roleless student lending borrowing token
    ("get", "", (401, 403, 200, 403, 200, 200, 200, 200)),
    ("get", "?library=north", (401, 404, 404, 404, 200, 200, 200, 200)),
    ("get", "?library=south", (401, 404, 200, 404, 404, 404, 404, 404)),
    ("get", "{number}/", (401, 403, 404, 403, 200, 200, 200, 200)),
    ("get", "B0000000/", (401, 403, 404, 403, 404, 404, 404, 404)),
    ("post", "", (401, 403, 400, 403, 403, 403, 201, 201)),
    ("post", "{number}/actions/rush/", (401, 403, 404, 403, 403, 403, 200, 200)),
    ("post", "{number}/actions/shelve/", (401, 403, 404, 403, 409, 409, 409, 409)),
    ("post", "{number}/actions/import_close/", (401, 403, 404, 403, 404, 404, 404, 404)),
    ("delete", "{number}/", (401, 403, 405, 403, 405, 405, 405, 405)),
    ("put", "{number}/", (401, 403, 405, 403, 405, 405, 405, 405)),
    ("get", "../../schema/", (401, 403, 200, 403, 200, 200, 200, 200)),
    ("get", "../../docs/", (401, 403, 200, 403, 200, 200, 200, 200)),
]


def caller(world: World, who: str) -> Client:
    if who == "nobody":
        return Client()
    if who == "token":
        return bearer(world)
    if who == "stranger":
        return signed_in(world, Role.BORROWING, house="south")
    if who == "patron":
        return signed_in(world, "ada")
    if who == "roleless":
        Membership.objects.filter(user=world.north.people[Role.HEAD]).delete()
        return signed_in(world, Role.HEAD)
    return signed_in(world, who)


@pytest.mark.parametrize(("method", "path", "expected"), TABLE, ids=lambda value: str(value)[:40])
def test_everybody_gets_what_the_table_says(
    world: World, method: str, path: str, expected: tuple[int, ...]
) -> None:
    request = ask_for(world.north)
    got = []
    for who in CALLERS:
        url = (LIST + path.format(number=request.number)).replace("/v1/requests/../../", "/")
        body = asked() if path == "" else {"on": True}
        answer: Any = getattr(caller(world, who), method)(
            url, **({"data": body, "content_type": "application/json"} if method != "get" else {})
        )
        got.append(answer.status_code)
        if answer.status_code >= 400 and "v1" in url:
            assert set(answer.json()) == {"code", "message", "detail"}
    assert dict(zip(CALLERS, got, strict=True)) == dict(zip(CALLERS, expected, strict=True))


def test_a_wrong_token_is_told_what_is_wanted(world: World) -> None:
    answer = Client(headers={"Authorization": "Bearer ill_nonsense"}).get(LIST)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "authentication_failed"


def test_a_person_of_two_libraries_names_one(world: World) -> None:
    person = world.north.people[Role.BORROWING]
    Membership.objects.create(user=person, library=world.south.library, role=Role.STUDENT)
    browser = signed_in(world, Role.BORROWING)
    refused = browser.get(LIST)
    assert (refused.status_code, list(refused.json()["detail"]["fields"])) == (400, ["library"])
    assert browser.get(f"{LIST}?library=south").status_code == 200
    assert post(browser, f"{LIST}?library=south", asked()).status_code == 403  # only a student there


def test_the_list_is_narrowed_and_paged(world: World, client: Client) -> None:
    requests = [
        ask_for(world.north, new_loan(citation=book(f"Bees of the {wind}")), at=later(hours=hour))
        for hour, wind in enumerate(("north", "south", "east", "west", "coast"))
    ]
    copy = ask_for(world.north, new_copy(), at=later(days=2))
    ask_for(world.south)

    first = client.get(f"{LIST}?page_size=2").json()
    assert [row["number"] for row in first["results"]] == [copy.number, requests[4].number]
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert [row["number"] for row in second["results"]] == [requests[3].number, requests[2].number]
    assert client.get(second["previous"]).json()["results"] == first["results"]

    def numbers(query: str) -> set[str]:
        return {row["number"] for row in client.get(f"{LIST}?{query}").json()["results"]}

    assert numbers("kind=copy") == {copy.number}
    assert numbers("queue=ready&q=bees%20west") == {requests[3].number}
    assert numbers(f"q={copy.number}") == {copy.number}
    assert numbers("state=ready&state=asked&open=true") == {copy.number, *(each.number for each in requests)}
    assert numbers("open=false") == set()
    assert numbers("submitted_from=2026-03-04") == {copy.number}
    assert numbers("submitted_to=2026-03-03") == {each.number for each in requests}
    wrong = client.get(f"{LIST}?state=nowhere&submitted_from=soon")
    assert wrong.status_code == 400
    assert set(wrong.json()["detail"]["fields"]) == {"state", "submitted_from"}


def test_persons_are_shown_to_those_whose_work_needs_them(world: World, client: Client) -> None:
    request = ask_for(world.north)
    shown = client.get(url_of(request)).json()
    assert shown["patron"] == {
        "barcode": "north-ada-001",
        "name": "Ada Northfield Library",
        "category": "student",
    }
    for role in (Role.COPYRIGHT, Role.LENDING):
        reader = bearer(world, role)
        assert reader.get(url_of(request)).json()["patron"] is None
        assert reader.get(f"{LIST}?q=ada").json()["results"] == []
    assert [row["number"] for row in client.get(f"{LIST}?q=ada").json()["results"]] == [request.number]


def test_a_request_is_created_once_for_each_key(world: World, client: Client) -> None:
    body = asked(pickup_branch="hill", need_by="2026-04-01", max_cost="12.50", note="For a talk")
    first = post(client, LIST, body, **{"Idempotency-Key": "abc"})
    assert first.status_code == HTTPStatus.CREATED
    made = first.json()
    assert first["Location"] == f"{LIST}{made['number']}/"
    assert (made["pickup_branch"], made["max_cost"], made["source"]) == ("hill", "12.50", "api")
    assert made["identifiers"][0]["normalised"] == "9780306406157"
    assert [event["actor_kind"] for event in made["events"]] == ["token"]
    again = post(client, LIST, body, **{"Idempotency-Key": "abc"})
    assert again.json()["number"] == made["number"]
    assert post(client, LIST, body, **{"Idempotency-Key": "def"}).json()["holds"][0]["kind"] == "duplicate"
    assert BorrowingRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (asked(patron="nobody"), "patron"),
        (asked(patron="south-ada-001"), "patron"),
        (asked(material="papyrus"), "material"),
        (asked(pickup_branch="moon"), "pickup_branch"),
        (asked(colour="blue"), "colour"),
        (asked(citation={"titel": "Middlemarch"}), "citation"),
        (asked(citation={"title": "x" * 3000}), "citation"),
        (asked(citation={"title": "a\0b"}), "citation"),
        (asked(citation="Middlemarch"), "citation"),
        (asked(need_by="soon"), "need_by"),
        ([1, 2], "non_field_errors"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(
    world: World, client: Client, body: Any, field: str
) -> None:
    answer = post(client, LIST, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert field in answer.json()["detail"]["fields"]
    assert not BorrowingRequest.objects.exists()


def test_broken_bodies_and_keys_are_clear_refusals(world: World, client: Client) -> None:
    broken = client.post(LIST, "{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "parse_error")
    assert client.post(LIST, "a,b", content_type="text/csv").status_code == 415
    long_key = post(client, LIST, asked(), **{"Idempotency-Key": "k" * 81})
    assert list(long_key.json()["detail"]["fields"]) == ["Idempotency-Key"]
    request = ask_for(world.north)
    for body in ([1], {"version": "new"}, {"version": True}):
        assert post(client, url_of(request, "rush"), body).status_code == 400


def test_a_loan_lives_through_the_api(world: World, client: Client) -> None:
    request = ask_for(world.north)
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("plan_lenders", {"partners": ["eastlake", "westport"]}, "ready"),
        ("ask", {"system_number": "204417781"}, "asked"),
        ("lender_no", {"reason": "on-loan"}, "asked"),
        ("lender_will", {}, "promised"),
        ("lender_shipped", {"lender_due": "2027-04-20"}, "on_the_way"),
        ("receive", {"kind": "loan", "barcode": "31234000"}, "at_desk"),
        ("shelve", {}, "on_shelf"),
        ("hand_over", {}, "on_loan"),
        ("take_back", {}, "back_at_desk"),
        ("send_back", {}, "returned"),
        ("confirm_return", {}, "completed"),
    ]
    version = client.get(url_of(request)).json()["version"]
    for action, facts, state in steps:
        allowed = {each["action"] for each in client.get(url_of(request)).json()["allowed"]}
        assert action in allowed
        answer = post(client, url_of(request, action), {"version": version, **facts})
        assert (answer.status_code, answer.json().get("state")) == (200, state), answer.json()
        version = answer.json()["version"]
    done = client.get(url_of(request)).json()
    assert [(each["partner"], each["status"]) for each in done["tries"]] == [
        ("eastlake", "unfilled"),
        ("westport", "done"),
    ]
    assert done["tries"][0]["reason"] == "on-loan"
    assert done["items"][0]["barcode"] == "31234000"


def test_a_moved_version_a_wrong_place_and_a_wrong_fact_change_nothing(world: World, client: Client) -> None:
    request = ask_for(world.north)
    stale = post(client, url_of(request, "rush"), {"on": True, "version": request.version - 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    wrong_place = post(client, url_of(request, "hand_over"))
    assert (wrong_place.status_code, wrong_place.json()["code"]) == (409, "wrong_state")
    assert "plan_lenders" in wrong_place.json()["detail"]["allowed"]
    guard = post(client, url_of(request, "ask"))
    assert (guard.status_code, guard.json()["code"]) == (409, "lender_planned")
    wrong_fact = post(client, url_of(request, "plan_lenders"), {"partners": ["nowhere"]})
    assert wrong_fact.status_code == 400
    assert "partners" in wrong_fact.json()["detail"]["fields"]
    before = BorrowingRequest.objects.get(pk=request.pk)
    assert (before.version, before.rush, before.state) == (request.version, False, "ready")


def test_pages_need_the_same_statements_however_many_requests(
    world: World, client: Client, django_assert_num_queries: Any
) -> None:
    """Token, list, lenders, marks; and one request with all that stands beside it."""
    first = ask_for(world.north)
    client.get(LIST)
    with django_assert_num_queries(4):
        assert len(client.get(LIST).json()["results"]) == 1
    for n in range(12):
        new = new_loan(citation=book(f"Bees, part {n}"))
        ask_for(world.north, new, patron="ben", at=NOON + timedelta(hours=n))
    open_hold(kind="owned", request_id=first.pk, actor=world.north.actor(), at=later(hours=1))
    with django_assert_num_queries(4):
        assert len(client.get(LIST).json()["results"]) == 13
    with django_assert_num_queries(12):
        assert client.get(url_of(first)).json()["holds"][0]["kind"] == "owned"


def test_too_many_calls_are_asked_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from requests_app.api.access import CallerThrottle

    monkeypatch.setattr(CallerThrottle, "rate", "2/min")
    client, other = bearer(world), bearer(world)
    assert [client.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
    assert int(client.get(LIST)["Retry-After"]) > 0
    assert client.get(LIST).json()["code"] == "throttled"
    assert other.get(LIST).status_code == 200


def test_the_description_is_complete_and_its_page_keeps_the_security_policy(world: World) -> None:
    browser = signed_in(world, Role.HEAD)
    schema = browser.get("/api/schema/?format=json").json()
    one = f"{LIST}{{number}}/"
    assert set(schema["paths"]) == {"/api/v1/copyright/", LIST, one, f"{one}actions/{{action}}/"}
    assert schema["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    page = browser.get("/api/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3
    assert browser.get("/api/docs/?script=").status_code == 200
