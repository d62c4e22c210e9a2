"""What stands beside a subject is read in one statement, and is what the database has."""

from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from illservice.core.workflow.reading import keep_beside, read_beside
from requests_app.models import BorrowingMark, BorrowingRequest
from requests_app.services import lenders
from requests_app.workflow import MACHINE
from requests_app.workflow.states import MarkKind
from tests.world import NOON, World, ask_for


def columns(row: Model) -> dict[str, object]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}


def a_request(world: World, patron: str) -> BorrowingRequest:
    request, desk = ask_for(world.north, patron=patron), world.north.actor()
    lenders.plan_lenders(
        request_id=request.pk, partner_ids=[world.westport.pk, world.eastlake.pk], actor=desk, at=NOON
    )
    lenders.ask(request_id=request.pk, actor=desk, at=NOON)
    lenders.lender_conditional(
        request_id=request.pk, terms=lenders.Terms(["NoReproduction"]), actor=desk, at=NOON
    )
    BorrowingMark.objects.create(request=request, kind=MarkKind.RECALLED, at=NOON, until=NOON.date())
    return BorrowingRequest.objects.get(pk=request.pk)


def test_all_tables_come_in_one_statement_as_the_orm_reads_them(world: World) -> None:
    a_request(world, "ada")
    request = a_request(world, "ben")
    with CaptureQueriesContext(connection) as captured:
        read_beside(request, MACHINE.beside)
        beside = {name: list(getattr(request, name).all()) for name in MACHINE.beside}
        assert all(row.request is request for rows in beside.values() for row in rows)
    assert len(captured) == 1
    fresh = BorrowingRequest.objects.get(pk=request.pk)
    for name, rows in beside.items():
        known = [columns(row) for row in getattr(fresh, name).all()]
        key = "id" if name == "timers" else ""
        assert sorted(map(columns, rows), key=lambda row: str(row.get(key))) == sorted(
            known, key=lambda row: str(row.get(key))
        ), name
    assert [len(beside[name]) for name in ("tries", "questions", "marks")] == [2, 1, 1]


def test_what_is_there_is_not_read_again_and_further_filters_ask_for_this_subject_only(world: World) -> None:
    other, request = a_request(world, "ada"), a_request(world, "ben")
    keep_beside(request, "marks", [])
    read_beside(request, MACHINE.beside)
    with CaptureQueriesContext(connection) as captured:
        read_beside(request, MACHINE.beside)
        assert list(request.marks.all()) == []
    assert len(captured) == 0
    own = request.tries.filter(open=True).get()
    assert (own.request_id, request.tries.count(), request.tries.order_by("-pk").count()) == (
        request.pk,
        2,
        2,
    )
    assert other.tries.filter(open=True).get() != own
