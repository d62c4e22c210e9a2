"""The demo library: people of every role, requests in every state, and a past that nobody is told of."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet

from illservice.accounts.models import Membership, User
from illservice.accounts.roles import Role
from illservice.core import clock
from illservice.core.models import OutboxRow, OutboxState
from illservice.directory.models import LegalEntity, Library, Partnership, Reason
from illservice.directory.selectors import library_by_symbol
from illservice.notices.selectors import notices_of
from requests_app.models import BorrowingHold, BorrowingQuestion, BorrowingRequest
from requests_app.services.milestones import differences
from requests_app.workflow import TABLE
from requests_app.workflow.states import HoldKind, QuestionKind

pytestmark = pytest.mark.django_db


def run(command: str, *words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *words, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_the_demo_is_made_once_and_shows_everything(django_capture_on_commit_callbacks: Any) -> None:
    """One test, because making it takes seconds."""
    with django_capture_on_commit_callbacks() as rung:
        words = run("demo", if_empty=True)
    assert rung == []
    library = library_by_symbol("DEMO")
    requests = BorrowingRequest.objects.filter(library=library)
    shows_every_state(requests)
    has_people_of_every_role(library, words)
    is_not_told_of_its_past()

    count = requests.count()
    assert run("demo", if_empty=True) == run("demo") == words
    assert requests.count() == count

    administrator = User.objects.get(username=Role.ADMINISTRATOR)
    administrator.set_password("something else")
    administrator.save(update_fields=["password"])
    assert "demo-password" not in run("demo")


def shows_every_state(requests: QuerySet[BorrowingRequest]) -> None:
    assert set(requests.values_list("state", flat=True)) == {state.code for state in TABLE.states}
    open_holds = BorrowingHold.objects.filter(cleared_at__isnull=True)
    assert set(open_holds.values_list("kind", flat=True)) == set(HoldKind.values)
    open_questions = BorrowingQuestion.objects.filter(answered_at__isnull=True)
    assert set(open_questions.values_list("kind", flat=True)) == set(QuestionKind.values)
    assert list(differences(requests)) == []
    assert not requests.filter(submitted_at__gt=clock.now()).exists()


def has_people_of_every_role(library: Library, words: str) -> None:
    roles = set(Membership.objects.filter(library=library).values_list("role", flat=True))
    assert roles == set(Role.values)
    assert Partnership.objects.filter(library=library).count() >= 6
    for name in (*Role.values, "patron"):
        assert f"  {name} " in words
        assert User.objects.get(username=name).check_password("demo-password")
    assert "demo-password" in words


def is_not_told_of_its_past() -> None:
    waiting = OutboxRow.objects.filter(state=OutboxState.WAITING)
    assert 0 < waiting.count() < 10
    assert not waiting.filter(not_before__lt=clock.now() - timedelta(hours=2)).exists()
    told = OutboxRow.objects.exclude(state=OutboxState.WAITING)
    assert set(told.values_list("state", "result")) == {(OutboxState.DONE, "<demo-history>")}
    said = [each for row in told[:20] for each in notices_of(row.subject)]
    assert said
    assert {each.channel_label for each in said if each.state == OutboxState.DONE} == {""}, (
        "they left as mail"
    )


def test_an_empty_database_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="migrate first"):
        call_command("demo")
    assert not Library.objects.exists()


def test_the_demo_keeps_away_from_a_real_library() -> None:
    words = run("setup_library", "NOR", name="Northfield", administrator="pat", time_zone="America/Chicago")
    assert run("demo", if_empty=True) == ""
    assert not BorrowingRequest.objects.exists()
    library = library_by_symbol("nor")
    assert (library.timezone, library.branches.get().is_main) == ("America/Chicago", True)
    password = words.splitlines()[1].removeprefix("password: ")
    assert User.objects.get(username="pat").check_password(password)
    assert Membership.objects.get(user__username="pat").role == Role.ADMINISTRATOR
    assert Reason.objects.filter(library=None, purpose="lender_no", iso_code="NotHeld").count() == 1

    User.objects.create_user("head")
    with pytest.raises(CommandError, match="head"):
        run("demo")


@pytest.mark.parametrize(
    ("symbol", "options"),
    [
        ("NOR", {}),
        ("!?", {}),
        ("NEW", {"time_zone": "Mars/Olympus"}),
        ("NEW", {"email": "not an address"}),
    ],
)
def test_a_library_that_cannot_be_set_up_changes_nothing(symbol: str, options: dict[str, str]) -> None:
    run("setup_library", "NOR", name="Northfield", administrator="pat")
    with pytest.raises(CommandError) as stopped:
        call_command("setup_library", symbol, name="Another", administrator="sam", **options)
    assert stopped.value.returncode == 2
    assert (Library.objects.count(), LegalEntity.objects.count(), User.objects.count()) == (1, 1, 1)
