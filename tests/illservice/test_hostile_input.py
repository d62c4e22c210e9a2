"""Whatever is sent, the answer is a word and never a fault. What only PostgreSQL refuses shows on PostgreSQL."""

import re
import traceback
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction

from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.errors import IllError
from requests_app.forms.actions import ACTIONS
from requests_app.models import BorrowingRequest
from requests_app.serializers.narrowing import ListFilter
from requests_app.workflow import TABLE
from tests.illservice.addresses import ALL_LINES, WHO, Line
from tests.illservice.hostile import HOSTILE, PARAMETERS, RAW, SHARP
from tests.illservice.test_every_address import Scene
from tests.illservice.test_every_address import scene as scene
from tests.requests_app import standing
from tests.world import World, ask_for

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

ADMIN_SAMPLE = ("/admin/ill_accounts/user/", "/admin/ill_directory/reason/", "/admin/ill_patrons/patron/")
"""The pages of the master data share their code."""
FORM = "application/x-www-form-urlencoded"
LONGEST_ADDRESS = 3000


def lines(method: str) -> list[Line]:
    found = [each for each in ALL_LINES if each.method == method and not each.as_json]
    return [each for each in found if "/admin/" not in each.path or each.path.startswith(ADMIN_SAMPLE)]


def who_may(line: Line) -> str:
    """Somebody to whom the page answers with itself, so that what was sent is read."""
    answers = dict(zip(WHO, line.answers.split(), strict=True))
    wanted = ("right role", "administrator", "ada", "anonymous")
    return next((each for each in wanted if answers[each] in {"200", "302"}), "ada")


def coded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def fault(scene: Scene, line: Line, path: str, body: str = "") -> str:
    """What went wrong on our side, if anything. Nothing is kept."""
    client = scene.client(who_may(line), line)
    client.raise_request_exception = False
    with transaction.atomic():
        answer: Any = client.get(path) if line.method == "GET" else client.post(path, body, content_type=FORM)
        transaction.set_rollback(True)
    if answer.status_code < 500 or line.route == "healthz":
        return ""
    frames = traceback.extract_tb(answer.exc_info[2]) if answer.exc_info else []
    return f"{line.method} {line.path}: {answer.exc_info and answer.exc_info[1]!r} {frames[-1:]}"[:400]


def test_no_parameter_of_any_page_makes_a_fault(scene: Scene) -> None:
    faults = []
    for line in lines("GET"):
        path = line.path.format_map(scene.names).split("?")[0]
        queries = {
            name: "&".join(f"{each}={coded(HOSTILE[name][:LONGEST_ADDRESS])}" for each in PARAMETERS)
            for name in (*SHARP, "control", "script", "cursor", "cursor of lists", "negative", "last day")
        }
        for name, query in (queries | {each[:20]: each for each in RAW}).items():
            faults += [f"{name}: {said}" for said in [fault(scene, line, f"{path}?{query}")] if said]
    assert not faults, "\n".join(faults)


def test_no_part_of_any_address_makes_a_fault(scene: Scene) -> None:
    faults = []
    for line in [*lines("GET"), *lines("POST")]:
        pattern, path = line.route.split("/"), line.path.format_map(scene.names).lstrip("/").split("/")
        if len(pattern) != len(path):
            continue
        for place, part in enumerate(pattern):
            if not part.startswith("<") or "slug:slug" in part:
                continue
            for name in (*SHARP, "script", "template", "space"):
                here = [*path[:place], coded(HOSTILE[name][:500]), *path[place + 1 :]]
                faults += [f"{name}: {said}" for said in [fault(scene, line, "/" + "/".join(here))] if said]
    assert not faults, "\n".join(faults)


def test_no_field_of_any_form_makes_a_fault(scene: Scene) -> None:
    faults = []
    for line in lines("POST"):
        path = line.path.format_map(scene.names)
        good = {name: str(text).format_map(scene.names) for name, text in line.data.items()}
        shown = scene.client(who_may(line), line).get(path).content.decode()
        names = sorted(
            {*good, "back", "next", *re.findall(r'name="([\w-]+)"', shown)} - {"csrfmiddlewaretoken"}
        )
        bodies = [
            (name, "&".join(f"{each}={coded(text)}" for each in names)) for name, text in HOSTILE.items()
        ]
        for name in ("nul", "huge number"):
            for field in good:
                sent = good | {field: HOSTILE[name]}
                bodies.append(
                    (f"{name} in {field}", "&".join(f"{each}={coded(sent[each])}" for each in sent))
                )
        for name, body in [*bodies, *((each[:20], each) for each in RAW)]:
            faults += [f"{name}: {said}" for said in [fault(scene, line, path, body)] if said]
    assert not faults, "\n".join(faults)


def test_no_filter_of_the_programs_list_makes_a_fault(scene: Scene) -> None:
    client, faults = scene.clients[Role.BORROWING], []
    client.raise_request_exception = False
    for name, text in HOSTILE.items():
        for field in ListFilter.base_filters:
            answer = client.get(f"/api/v1/requests/?{field}={coded(text[:LONGEST_ADDRESS])}")
            faults += [f"{name} in {field}"] if answer.status_code >= 500 else []
    assert not faults, "\n".join(faults)


ALONE = ("nul", "last day", "first day", "list", "object", "number")
PLACES = (
    *(ask_for, standing.asked, standing.on_the_way, standing.at_desk, standing.on_shelf, standing.on_loan),
    *(standing.returned, standing.copy_there),
)


def everybody(world: World) -> Actor:
    desk = world.north.actor()
    return Actor(ActorKind.STAFF, id=desk.id, library_id=desk.library_id, roles=frozenset(Role.values))


@pytest.mark.parametrize("place", PLACES)
def test_no_fact_of_any_action_makes_a_fault(world: World, place: Any) -> None:
    """As programs send them: text, a list, an object, where something else is meant."""
    request = place(world.north if place is ask_for else world)
    faults, actor, at = [], everybody(world), clock.now()
    for action in (each for each in ACTIONS if TABLE.row(request.state, each)):
        fields = ACTIONS[action].form(request=request, actor=actor, at=at).fields
        for name, text in [*HOSTILE.items(), ("list", [{"a": 1}]), ("object", {"x": 1}), ("number", 10**30)]:
            for some in [set(fields), *({each} for each in fields if name in ALONE)]:
                data = dict.fromkeys(some - {"version"}, text)
                said = tried(request, action, data, actor)
                faults += [f"{action}, {name} in {some}: {said}"] if said else []
    assert not faults, "\n".join(sorted(set(faults)))


def tried(request: BorrowingRequest, action: str, data: dict[str, Any], actor: Actor) -> str:
    at = clock.now()
    with transaction.atomic():
        try:
            form = ACTIONS[action].filled(data, request=request, actor=actor, at=at)
            if form.is_valid():
                ACTIONS[action].run(request=request, data=form.facts, actor=actor, at=at, version=None)
        except IllError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            return f"{error!r} {traceback.extract_tb(error.__traceback__)[-1]}"[:300]
        finally:
            transaction.set_rollback(True)
    return ""
