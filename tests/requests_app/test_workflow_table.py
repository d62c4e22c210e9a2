"""The table keeps the rules of the design, whatever rows it has."""

from django.conf import settings
from django.utils.translation import override

from illservice.accounts.roles import Role
from illservice.core.actors import ActorKind
from illservice.core.workflow import START
from illservice.core.workflow.printing import as_markdown
from illservice.management.commands.print_workflow import PAGES
from requests_app.workflow import TABLE
from requests_app.workflow.nudges import ALL_TIMERS
from requests_app.workflow.states import FINAL, Wording


def test_every_state_is_reachable_and_has_a_way_out_for_staff() -> None:
    assert TABLE.check() == []


def test_every_final_state_can_be_reopened() -> None:
    row = next(row for row in TABLE.rows if row.action == "reopen")
    assert row.when == FINAL
    assert Role.BORROWING in row.by


def test_a_patron_reads_eight_wordings_and_no_other() -> None:
    assert len(Wording.values) == 8
    assert {str(state.wording) for state in TABLE.states} <= set(Wording.values)
    labels = " ".join(str(label) for label in Wording.labels).lower()
    assert not any(word in labels for word in ("ill ", "lender", "queue", "unfilled", "conditional"))


def test_every_row_names_who_may_and_says_it_in_plain_words() -> None:
    known = set(Role.values) | {kind.value for kind in ActorKind}
    for row in TABLE.rows:
        assert row.by <= known, row.action
        assert row.by, row.action
        assert str(row.words).endswith("."), row.action
        assert row.past, row.action


def test_only_people_of_the_office_have_buttons() -> None:
    for row in TABLE.rows:
        if row.button:
            assert row.by & set(Role.values), row.action


def test_nothing_starts_but_asking_and_importing() -> None:
    assert {row.action for row in TABLE.rows if START in row.when} == {"submit", "import_submit"}


def test_every_timer_lives_in_known_states() -> None:
    codes = {state.code for state in TABLE.states}
    for kind in ALL_TIMERS:
        assert kind.states <= codes, kind.code


def test_the_printed_tables_are_current() -> None:
    assert [table.side for table in PAGES.values()] == ["borrowing", "lending"]
    for page, table in PAGES.items():
        with override("de"):
            assert (settings.BASE_DIR / page).read_text(encoding="utf-8") == as_markdown(table), (
                "run ./ill print_workflow"
            )
