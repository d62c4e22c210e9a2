"""What stood in columns that are gone becomes policies, and comes back from them."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

from illservice.policies.models import Policy, PolicyVersion
from illservice.policies.selectors import terms_of
from illservice.policies.terms import Side, default_terms, to_json
from tests.lending.verbs import lend
from tests.requests_app.standing import asked
from tests.world import World, ask_for, make_world

moved = import_module("illservice.policies.migrations.0002_what_columns_said")


class Rows(list[Any]):
    """Rows of a table whose columns no model has any more."""

    def filter(self, **wanted: Any) -> "Rows":
        plain = {name: value for name, value in wanted.items() if "__" not in name}
        found = [row for row in self if all(vars(row)[name] == value for name, value in plain.items())]
        limits = [name.split("__")[0] for name in wanted if name.endswith("__isnull")]
        return Rows(row for row in found if all(vars(row)[name] is not None for name in limits))

    def all(self) -> "Rows":
        return self

    def select_related(self, *_names: str) -> "Rows":
        return self

    def update(self, **values: Any) -> None:
        for row in self:
            vars(row).update(values)


class OldApps:
    """The registry as the migration finds it: these tables with their old columns, policies as they are."""

    def __init__(self, **tables: Rows) -> None:
        self.tables = tables

    def get_model(self, label: str, name: str) -> Any:
        if label == "ill_policies":
            return apps.get_model(label, name)
        return SimpleNamespace(objects=self.tables[name])


def old_apps(world: World) -> OldApps:
    north, south = world.north.library.pk, world.south.library.pk
    usual = {"is_tenant": True, "return_buffer_days": 4, "shelf_days": 10, "answer_days": 4}
    known = {"library_id": north, "partner_id": world.eastlake.pk, "partner": world.eastlake}
    partners = Rows([SimpleNamespace(**known, answer_days=20)])
    days = {"renewal_days": 28, "transit_days": 7, "resend_days": 14, "reply_days": 7}
    return OldApps(
        Library=Rows(
            [
                SimpleNamespace(pk=north, partnerships=partners, **usual | {"return_buffer_days": 6}),
                SimpleNamespace(pk=south, partnerships=Rows(), **usual),
            ]
        ),
        Partnership=partners,
        PatronCategory=Rows(
            [SimpleNamespace(library_id=north, code="student", name="Students", open_request_limit=12)]
        ),
        LendingDesk=Rows([SimpleNamespace(library_id=north, respond_days=5, loan_days=21, **days)]),
    )


@pytest.mark.django_db
def test_columns_become_policies_and_come_back() -> None:
    world = make_world()
    tables = old_apps(world)
    for _ in range(2):  # the second time after it was taken back once
        moved.make_policies(tables, None)
    said = {each.policy.selector: terms_of(each.pk, "") for each in PolicyVersion.objects.all()}
    eastlake = f"borrowing|{world.eastlake.pk}||||"
    assert set(said) == {"borrowing|||||", eastlake, "borrowing|||student||", "lending|||||"}
    ours = [terms for selector, terms in said.items() if selector.startswith("borrowing")]
    assert {terms.return_buffer_days for terms in ours} == {6}
    assert (said[eastlake].answer_working_days, said[eastlake].answer_cap_days) == (20, 20)
    assert said["borrowing|||student||"].open_limit == 12
    lent = said["lending|||||"]
    assert (lent.loan_days, lent.answer_cap_days, lent.reply_days) == (21, 5, 7)
    for policy in Policy.objects.all():
        wider = to_json(default_terms(policy.side)) | {
            "shelf_days": 33,
            "open_limit": 7,
            "answer_cap_days": 9,
        }
        PolicyVersion.objects.create(
            policy=policy, number=2, valid_from=moved.FIRST_DAY, terms=wider, made_at="2026-03-02T12:00Z"
        )
    moved.fill_columns(tables, None)
    north = tables.tables["Library"][0]
    assert (north.shelf_days, north.return_buffer_days, north.answer_days) == (33, 4, 4)
    assert tables.tables["Partnership"][0].answer_days == 9
    assert tables.tables["PatronCategory"][0].open_request_limit == 7
    assert (tables.tables["LendingDesk"][0].loan_days, tables.tables["LendingDesk"][0].respond_days) == (
        35,
        3,
    )


@pytest.mark.django_db
def test_what_is_open_goes_on_by_the_policy_that_says_what_the_columns_said() -> None:
    world = make_world()
    at_eastlake, student, lent = asked(world), ask_for(world.north), lend(world)
    moved.make_policies(old_apps(world), None)
    import_module("requests_app.migrations.0007_open_requests_keep_their_terms").name_policies(apps, None)
    import_module("lending.migrations.0008_open_requests_keep_their_terms").name_policies(apps, None)
    for each in (at_eastlake, student, lent):
        each.refresh_from_db()
    named = [each.policy and each.policy.policy.selector for each in (at_eastlake, student, lent)]
    assert named == [f"borrowing|{world.eastlake.pk}||||", "borrowing|||student||", "lending|||||"]


def test_the_terms_of_the_migration_are_those_that_the_service_began_with() -> None:
    for side in Side:
        assert moved.TERMS[side] == to_json(default_terms(side))
