"""Who gets what answer at every address of the service (targets R15).

Each line of addresses.py says, for one address and one method, what each of WHO is answered. An address without a
line fails. A POST that is refused leaves every table as it was, and looking at a page never writes.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache, caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from illservice.accounts import tokens
from illservice.accounts.models import ApiToken, User
from illservice.accounts.roles import Role
from illservice.citations.models import Journal, LicenceTerms, Subscription
from illservice.core import clock, health, sweeping
from illservice.core.models import AuditEntry, OutboxRow, OutboxState
from illservice.directory.models import Agreement, ClosedDay, Reason
from illservice.documents import services as documents
from illservice.documents.kinds import Audience
from illservice.policies.services import Selector, Wording, make_policy
from illservice.policies.terms import Side, default_terms
from lending.models import BorrowerAccount
from patrons.selectors import Reader
from patrons.tokens import token_for
from requests_app.models import BorrowingRequest
from requests_app.services.answer_links import Purpose, link_for
from tests.exchange.pair import connect
from tests.illservice.addresses import ALL_LINES, DESK, LEND, MASTER, WHO, Line
from tests.lending import verbs
from tests.lending.borrower_walks import answers as borrower_answers
from tests.requests_app import standing
from tests.requests_app.patron_walks import answers
from tests.world import NOON, House, World, ask_for, book, make_world, new_loan

pytestmark = pytest.mark.django_db


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address of the service as its patterns spell it."""
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, here)
        else:
            yield here


@dataclass
class Scene:
    """The world, who asks, and what the addresses are filled with."""

    world: World
    clients: dict[str, Client]
    names: dict[str, str]
    token: str

    def client(self, who: str, line: Line) -> Client:
        """The browser or program of one of WHO."""
        role = {"wrong role": line.wrong, "right role": line.right, "administrator": Role.ADMINISTRATOR}.get(
            who
        )
        return self.clients[role or who]

    def ask(self, who: str, line: Line) -> Any:
        """The answer at one line's address."""
        data = {
            name: text.format_map(self.names) if isinstance(text, str) else text
            for name, text in line.data.items()
        }
        client, path = self.client(who, line), line.path.format_map(self.names)
        if line.method == "GET":
            return client.get(path)
        if line.as_json:
            return client.post(path, json.dumps(data), content_type="application/json")
        return client.post(path, data)


@pytest.fixture
def scene() -> Scene:
    cache.clear()
    list(sweeping.run_clocks(clock.now(), read_clock=clock.now))
    health.beat("sweeper", at=clock.now())
    world = make_world()
    north = world.north
    clients = {"anonymous": Client(), "ada": _browser(north, "ada"), "ben": _browser(north, "ben")}
    clients |= {role: _browser(north, role) for role in Role.values}
    clients["stranger"] = _browser(world.south, Role.ADMINISTRATOR)
    made = tokens.create_token(library_id=world.south.library.pk, name="x", role=Role.HEAD, at=clock.now())
    clients["token"] = Client(headers={"Authorization": f"Bearer {made.key}"})
    clients["token"].get("/api/v1/requests/")  # notes when it was used last, at most every five minutes
    names = _names(world, clients["ada"]) | _lent(world, clients["ada"]) | _to_fetch(world)
    names |= _copies(north, names["number"]) | _titles(north) | _rows(north)
    return Scene(world, clients, names, made.key)


def _browser(house: House, who: str) -> Client:
    client = Client()
    user = house.people[who] if who in house.people else house.patrons[who].user
    assert user is not None
    client.force_login(user)
    return client


def _names(world: World, ada: Client) -> dict[str, str]:
    """Things of ada's, and of the desk that serves her."""
    at_desk = standing.at_desk(world)
    at_desk.marks.create(kind="patron_wrote", at=NOON)
    on_loan = standing.on_loan(world)
    new_patron = world.north.patrons["ada"]
    type(new_patron).objects.filter(pk=new_patron.pk).update(cleared_at=None)
    waiting = ask_for(world.north, new_loan(citation=book("Waiting for a look", author="Nobody, N.")))
    type(new_patron).objects.filter(pk=new_patron.pk).update(cleared_at=NOON)
    ready = ask_for(world.north, new_loan(citation=book("Ready to be asked for", author="Somebody, S.")))
    failed = OutboxRow.objects.filter(subject=at_desk.number).latest("pk")
    failed.state = OutboxState.FAILED
    failed.save(update_fields=["state"])
    unsent = _unsent(world, at_desk.number)
    draft = (
        ada.post("/ask/book/", answers(title="A draft")).headers["Location"].rstrip("/").rpartition("/")[2]
    )
    visit = Client().post("/openurl", {"title": "Bees"}).headers["Location"].rstrip("/").rpartition("/")[2]
    assert on_loan.undo is not None
    return {
        "at_desk": at_desk.number,
        "version": str(BorrowingRequest.objects.get(pk=at_desk.pk).version),
        "number": on_loan.number,
        "act": on_loan.undo["act"],
        "new_patron": waiting.number,
        "ready": ready.number,
        "failed": failed.key,
        "unsent": unsent,
        "draft": draft,
        "visit": visit,
        "user": str(world.north.patrons["ben"].user_id),
        "stop": token_for(Reader(patron_id=world.north.patrons["ada"].pk)),
        "proxy": str(new_patron.proxies.create(name="Kim Example").pk),
    }


def _unsent(world: World, number: str) -> str:
    """A message to Eastlake's system that was given up."""
    connect(world.north.library, world.eastlake)
    row = OutboxRow.objects.create(
        kind="iso18626", key="unsent", subject=number, stream="unsent", library=world.north.library.pk,
        payload={"partner": world.eastlake.pk, "word": "renew"}, state=OutboxState.FAILED, created_at=NOON,
        not_before=NOON,
    )  # fmt: skip
    return row.key


def _lent(world: World, ada: Client) -> dict[str, str]:
    """What ada borrows from Northfield in the name of Eastlake, by the account that it gave her."""
    account = BorrowerAccount.objects.create(
        user=User.objects.get(username="north-ada"), library=world.eastlake, lender=world.north.library
    )
    draft = ada.post("/from/north/ask/book/", borrower_answers()).headers["Location"].rstrip("/")
    lent = verbs.shipped(world)
    asked = standing.asked(world).tries.get(open=True)
    answer = link_for(asked, Purpose.SUPPLY, clock.now()).rstrip("/").rpartition("/")[2]
    keys = {"lend_draft": draft.rpartition("/")[2], "account": str(account.pk), "answer": answer}
    return keys | {"lent": lent.number}


def _to_fetch(world: World) -> dict[str, str]:
    """What the stacks of Northfield look for, and its borrower asks about."""
    request = verbs.wrote(world, verbs.pulled(world))
    scan = documents.attach_link(
        library_id=request.library_id,
        subject=request.number,
        url="https://copies.example/0",
        actor=world.north.actor(),
        at=clock.now(),
    )
    return {
        "to_fetch": request.number,
        "item": str(request.items.get().pk),
        "lent_version": str(request.version),
        "lent_act": (request.undo or {})["act"],
        "lent_reason": verbs.a_reason("not_supplied").code,
        "lent_scan": scan.key,
    }


def _copies(north: House, number: str) -> dict[str, str]:
    """A copy of ada's, with a link for her and one for a borrower."""
    actor, at = north.actor(), clock.now()
    png = SimpleUploadedFile("scan", b"\x89PNG\r\n\x1a\nIEND")
    copy = documents.attach_file(library_id=north.library.pk, subject=number, upload=png, actor=actor, at=at)
    documents.release(document_id=copy.pk, actor=actor, at=at)
    for_patron, for_borrower = (
        documents.make_link(document_id=copy.pk, audience=audience, actor=actor, at=at)
        for audience in (Audience.PATRON, Audience.BORROWER)
    )
    return {"document": for_patron.document.key, "copy": documents.token_of(for_borrower)}


def _titles(north: House) -> dict[str, str]:
    """A journal with a subscription of the library, and a licence."""
    journal, library = Journal.objects.create(title="Lakes", title_key="lakes"), north.library.pk
    journal.issns.create(value="0317-8471")
    subscription = Subscription.objects.create(library=library, journal=journal)
    licence = LicenceTerms.objects.create(library=library, name="Waters")
    return {
        "journal": str(journal.pk),
        "subscription": str(subscription.pk),
        "licence": str(licence.pk),
    }


def _rows(north: House) -> dict[str, str]:
    """A row of the library for each page of the master data."""
    library = north.library
    ClosedDay.objects.create(library=library, date=NOON.date(), name="Closed")
    Agreement.objects.create(library=library, code="own", name="Own")
    Reason.objects.create(library=library, purpose="cancel", code="own", staff_text="Own")
    ApiToken.objects.create(library=library, name="own", digest="own")
    make_policy(
        library_id=library.pk,
        selector=Selector(Side.LENDING),
        wording=Wording("All", NOON.date(), default_terms(Side.LENDING)),
        actor=north.actor(Role.HEAD),
        at=NOON,
    )
    AuditEntry.objects.create(at=NOON, actor_kind="staff", library=library.pk, model="x", action="create")
    rows = {"ill_accounts/user": str(north.people[Role.STUDENT].pk), "ill_directory/library": str(library.pk)}
    for model in MASTER:
        if model not in rows:
            found = apps.get_model(model.replace("/", "."))._default_manager.all()
            if "library" in {each.name for each in found.model._meta.concrete_fields}:
                audit = model == "ill_core/auditentry"
                found = found.filter(library=library.pk if audit else library)
            rows[model] = str(found.values_list("pk", flat=True).first() or 1)
    return rows


def everything() -> dict[str, list[Any]]:
    """All rows of all tables."""
    return {
        model._meta.label: sorted(map(str, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
    }


def test_every_address_has_a_line() -> None:
    known, spoken = set(routes(get_resolver().url_patterns)), {each.route for each in ALL_LINES}
    missing, gone = sorted(known - spoken), sorted(spoken - known)
    assert not missing, f"say in tests/illservice/addresses.py who gets what at: {missing}"
    assert not gone, f"the lines speak of addresses that are gone: {gone}"


def test_everybody_gets_what_the_lines_say_and_a_refused_form_changes_nothing(scene: Scene) -> None:
    wrong, before = [], everything()
    for each in sorted(ALL_LINES, key=lambda line: line.method):
        for who, expected in zip(WHO, each.answers.split(), strict=True):
            answer = _ask_and_forget(scene, who, each)
            if answer.status_code != int(expected):
                wrong.append(f"{each.method} {each.path} {who}: {answer.status_code}, not {expected}")
        if each.method == "POST" and everything() != before:
            pytest.fail(f"POST {each.path}: somebody who only looked until now, or was refused here, wrote")
    assert not wrong, "\n".join(wrong)


def _ask_and_forget(scene: Scene, who: str, line: Line) -> Any:
    """The answer; what a form wrote is taken back unless it was refused. The sign-in stays whatever happens."""
    client = scene.client(who, line)
    cookies, memory = deepcopy(client.cookies), vars(caches["default"])  # tests keep it in memory
    kept = {name: memory[name].copy() for name in ("_cache", "_expire_info")}
    with transaction.atomic():
        answer = scene.ask(who, line)
        transaction.set_rollback(line.method == "POST" and not _refused(answer))
    client.cookies = cookies
    for name, content in kept.items():
        memory[name].clear()
        memory[name].update(content)
    return answer


def _refused(answer: Any) -> bool:
    target = answer.headers.get("Location", "")
    turned_away = target == "/admin/" or target.startswith(("/login/", "/admin/login/"))
    return bool(answer.status_code >= 400 or turned_away)


THROUGH_THEIR_OWN_DOOR = [each for each in ALL_LINES if each.path.startswith((DESK, LEND))]


def test_a_stranger_finds_nothing_of_ours_through_the_own_door(scene: Scene) -> None:
    """The address names the stranger's own library and our request, patron, partner or mail."""
    wrong, before, seen = [], everything(), 0
    for each in ALL_LINES:
        if not each.path.startswith((DESK, LEND)) or not _names_ours(each):
            continue
        seen += 1
        theirs = replace(each, path=each.path.replace("/north/", "/south/"))
        answer = _ask_and_forget(scene, "stranger", theirs)
        if (
            b"Short History" in answer.content
            or b"Ada Northfield" in answer.content
            or everything() != before
        ):
            wrong.append(f"{theirs.method} {theirs.path}: told or wrote something")
        if not theirs.data and answer.status_code != 404:
            wrong.append(f"{theirs.method} {theirs.path}: {answer.status_code}, not 404")
    assert not wrong, "\n".join(wrong)
    assert seen > 15


def _names_ours(line: Line) -> bool:
    named = line.path + str(line.data)
    return "{" in named.replace("{}", "").replace("{'", "") or "north-ada" in named or "eastlake" in named
