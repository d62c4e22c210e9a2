"""The master data: an administrator of one library sees, chooses and changes nothing of another one."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from illservice.accounts.admin import LibraryAdmin
from illservice.accounts.models import ApiToken, Membership, User
from illservice.accounts.roles import Role
from illservice.accounts.tokens import digest_of
from illservice.core.models import AuditEntry
from illservice.directory.models import Branch, ClosedDay, LegalEntity, Library, Partnership, Reason, Symbol
from patrons.models import Patron, PatronCategory
from tests.world import NOON, House, World, make_world

pytestmark = pytest.mark.django_db
MODELS = [
    *(Library, Symbol, Branch, ClosedDay, Partnership, Reason),
    *(PatronCategory, Patron, User, Membership, ApiToken, AuditEntry),
]


@pytest.fixture
def world() -> World:
    world = make_world()
    Partnership.objects.create(library=world.south.library, partner=world.westport)
    for house in (world.north, world.south):
        ClosedDay.objects.create(library=house.library, date=date(2026, 12, 25), name=house.library.name)
        Reason.objects.create(
            library=house.library, purpose="cancel", code="own", staff_text=house.library.name
        )
        ApiToken.objects.create(library=house.library, name=house.library.name, digest=house.library.slug)
        AuditEntry.objects.create(
            at=NOON,
            actor_kind="staff",
            library=house.library.pk,
            model=f"x.{house.library.name}",
            action="create",
        )
    return world


@pytest.fixture
def north(world: World, client: Client) -> House:
    client.force_login(world.north.people[Role.ADMINISTRATOR])
    return world.north


def url(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def rows_of(model: Any, library: Library) -> Iterator[Any]:
    path = {"Library": "pk", "User": "memberships__library"}.get(model.__name__, "library")
    yield from model._default_manager.filter(**{path: library.pk})


def choices(page: str, field: str) -> set[str]:
    select = re.search(rf'<select name="{field}".*?</select>', page, re.DOTALL)
    assert select, field
    return set(re.findall(r'<option value="(\d+)"', select[0]))


def test_who_comes_in(world: World, client: Client) -> None:
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=/admin/"
    for user in (world.north.people[Role.HEAD], world.north.patrons["ada"].user):
        assert user is not None
        client.force_login(user)
        assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(world.north.people[Role.ADMINISTRATOR])
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "Legal entities" not in page.content.decode()
    client.force_login(User.objects.create_superuser("operator"))
    assert "Legal entities" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_lists_hold_the_own_rows_only(world: World, north: House, client: Client, model: Any) -> None:
    page = client.get(url(model))
    assert page.status_code == 200
    shown = set(page.context["cl"].queryset)
    assert set(rows_of(model, north.library)) <= shown
    assert not set(rows_of(model, world.south.library)) & shown
    assert "Southfield" not in page.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_another_librarys_rows_are_not_found(world: World, north: House, client: Client, model: Any) -> None:
    own, foreign = next(rows_of(model, north.library)), next(rows_of(model, world.south.library))
    assert client.get(url(model, "change", own.pk)).status_code == 200
    before = AuditEntry.objects.count()
    for page in ("change", "delete", "history"):
        assert client.get(url(model, page, foreign.pk)).status_code in {302, 403}, page
        assert client.post(url(model, page, foreign.pk), {"post": "yes"}).status_code in {302, 403, 405}, page
    ticked = {"action": "delete_selected", "_selected_action": [foreign.pk], "post": "yes"}
    client.post(url(model), ticked)
    foreign.refresh_from_db()
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("model", MODELS)
def test_forms_offer_nothing_of_another_library(
    world: World, north: House, client: Client, model: Any
) -> None:
    own = next(rows_of(model, north.library))
    for address in (url(model, "change", own.pk), url(model, "add")):
        page = client.get(address)
        assert page.status_code in ({200, 403} if model is AuditEntry else {200})
        assert "Southfield" not in page.content.decode()


def test_choices_of_keys_are_the_own_ones(world: World, north: House, client: Client) -> None:
    page = client.get(url(Patron, "add")).content.decode()
    assert choices(page, "library") == {str(north.library.pk)}
    own = {"library": north.library.pk, "code": "new", "name": "New"}
    assert client.post(url(Branch, "add"), own).status_code == 302
    for library in (world.south.library.pk, world.eastlake.pk, ""):
        answer = client.post(url(Branch, "add"), own | {"library": library, "code": "bad"})
        assert answer.status_code == 200
    assert not Branch.objects.filter(code="bad").exists()


@pytest.mark.parametrize(
    ("source", "field", "target"),
    [
        (Patron, "category", PatronCategory),
        (Patron, "home_branch", Branch),
        (Patron, "user", User),
        (Membership, "user", User),
        (Partnership, "partner", Library),
    ],
)
def test_autocompletes_offer_the_own_rows(
    world: World, north: House, client: Client, source: Any, field: str, target: Any
) -> None:
    words = {"app_label": source._meta.app_label, "model_name": source._meta.model_name, "field_name": field}
    found = {row["id"] for row in client.get(reverse("admin:autocomplete"), words).json()["results"]}
    assert found & {str(row.pk) for row in rows_of(target, north.library)}
    assert not found & {str(row.pk) for row in rows_of(target, world.south.library)}


def patron_form(patron: Patron, **values: Any) -> dict[str, Any]:
    return {
        "library": patron.library_id,
        "category": patron.category_id,
        "home_branch": patron.home_branch_id,
        "user": patron.user_id,
        "barcode": patron.barcode,
        "name": patron.name,
        "contact": "email",
    } | values


def test_a_row_cannot_point_into_another_library(world: World, north: House, client: Client) -> None:
    patron = north.patrons["ada"]
    assert client.post(url(Patron, "change", patron.pk), patron_form(patron, name="Ada L")).status_code == 302
    wrong: list[dict[str, Any]] = [
        {"category": world.south.category.pk},
        {"home_branch": world.south.main.pk},
        {"user": world.south.people[Role.HEAD].pk},
    ]
    for values in wrong:
        assert client.post(url(Patron, "change", patron.pk), patron_form(patron, **values)).status_code == 200
    client.post(
        url(Patron, "change", patron.pk), patron_form(patron, name="Ada L", library=world.south.library.pk)
    )
    patron.refresh_from_db()
    assert (patron.name, patron.category, patron.library) == ("Ada L", north.category, north.library)
    assert patron.search_text.startswith("ada l ")


def test_an_operator_too_cannot_mix_libraries(world: World, client: Client) -> None:
    client.force_login(User.objects.create_superuser("operator"))
    patron = world.north.patrons["ada"]
    form = patron_form(patron, category=world.south.category.pk)
    answer = client.post(url(Patron, "change", patron.pk), form)
    assert "Choose one of the same library." in answer.content.decode()


def test_changes_are_audited_without_values(world: World, north: House, client: Client) -> None:
    AuditEntry.objects.all()._raw_delete("default")
    patron = north.patrons["ada"]
    client.post(
        url(Patron, "change", patron.pk), patron_form(patron, name="Secret Name", expires_on="2027-01-01")
    )
    entry = AuditEntry.objects.get()
    assert (entry.library, entry.actor_id) == (north.library.pk, north.people[Role.ADMINISTRATOR].pk)
    assert (entry.action, entry.changed) == ("change", ["cleared_at", "email", "expires_on", "name"])
    day = ClosedDay.objects.get(library=north.library)
    assert client.post(url(ClosedDay, "delete", day.pk), {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.filter(action="delete", object_pk=str(day.pk)).exists()
    assert client.get(url(AuditEntry, "add")).status_code == 403


def account_form(name: str, memberships: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "username": name,
        "usable_password": "true",
        "password1": "a long new password",
        "password2": "a long new password",
        "memberships-TOTAL_FORMS": len(memberships),
        "memberships-INITIAL_FORMS": 0,
    }
    for number, membership in enumerate(memberships):
        form |= {f"memberships-{number}-{key}": value for key, value in membership.items()}
    return form | values


def test_an_administrator_makes_accounts_for_the_own_library_only(
    world: World, north: House, client: Client
) -> None:
    role = {"library": north.library.pk, "role": "head"}
    form = account_form("eve", [role], is_superuser="on", is_staff="on")
    assert client.post(url(User, "add"), form).status_code == 302
    eve = User.objects.get(username="eve")
    assert (eve.is_superuser, eve.is_staff) == (False, False)
    assert list(eve.memberships.values_list("library", "role")) == [(north.library.pk, "head")]
    refused = [[], [role | {"library": world.south.library.pk}], [role | {"branches": world.south.main.pk}]]
    for number, memberships in enumerate(refused):
        assert client.post(url(User, "add"), account_form(f"bad{number}", memberships)).status_code == 200
    assert not User.objects.filter(username__startswith="bad").exists()


def test_an_account_that_is_somebody_elsewhere_is_not_opened(
    world: World, north: House, client: Client
) -> None:
    head = north.people[Role.HEAD]
    new = {"password1": "a long new password", "password2": "a long new password", "usable_password": "true"}
    password = reverse("admin:auth_user_password_change", args=[head.pk])
    assert client.post(password, new).status_code == 302
    head.refresh_from_db()
    assert check_password("a long new password", head.password)
    operator = User.objects.create_superuser("operator")
    Membership.objects.create(user=operator, library=north.library, role=Role.HEAD)
    reader = north.people[Role.STUDENT]
    Patron.objects.create(
        library=world.south.library, user=reader, barcode="9", name="R", category=world.south.category
    )
    both = north.people[Role.LENDING]
    Membership.objects.create(user=both, library=world.south.library, role=Role.STUDENT)
    for user in (operator, reader, both):
        before = User.objects.get(pk=user.pk).password
        assert client.post(reverse("admin:auth_user_password_change", args=[user.pk]), new).status_code == 403
        page = client.get(url(User, "change", user.pk))
        assert page.status_code == 200
        assert "Southfield" not in page.content.decode()
        assert client.post(url(User, "change", user.pk), {"username": "taken-over"}).status_code == 403
        assert User.objects.get(pk=user.pk).password == before


def test_a_shared_partner_is_shown_and_not_changed(world: World, north: House, client: Client) -> None:
    own = client.get(url(Library, "change", world.eastlake.pk)).content.decode()
    shared = client.get(url(Library, "change", world.westport.pk)).content.decode()
    assert 'name="_save"' in own
    assert 'name="_save"' not in shared
    form = {"name": "Mine", "slug": "westport", "timezone": "UTC", "language": "en", "currency": "USD"}
    assert client.post(url(Library, "change", world.westport.pk), form).status_code == 403
    assert LegalEntity.objects.exists()
    assert client.get(url(LegalEntity)).status_code == 403


def test_a_partner_added_by_an_administrator_never_works_here(north: House, client: Client) -> None:
    form = {
        "name": "Far Library",
        "slug": "far",
        "is_tenant": "on",
        "is_active": "on",
        "timezone": "UTC",
        "language": "en",
        "currency": "USD",
        "closed_weekdays": "67",
        "symbols-TOTAL_FORMS": 1,
        "symbols-INITIAL_FORMS": 0,
        "symbols-0-scheme": "isil",
        "symbols-0-value": "US-FAR",
    }
    assert client.post(url(Library, "add"), form).status_code == 302
    far = Library.objects.get(slug="far")
    assert (far.is_tenant, far.symbols.get().value) == (False, "US-FAR")


def test_a_new_token_is_shown_once_and_kept_as_a_digest(north: House, client: Client) -> None:
    form = {"library": north.library.pk, "name": "catalogue", "role": "borrowing"}
    page = client.post(url(ApiToken, "add"), form, follow=True).content.decode()
    key = re.search(r"ill_[\w-]{40,}", page)
    assert key
    assert ApiToken.objects.get(name="catalogue").digest == digest_of(key[0])
    assert key[0] not in client.get(url(ApiToken)).content.decode()


def test_every_page_of_ours_is_scoped(world: World) -> None:
    ours = ("ill_", "illservice")
    pages = {
        model: page for model, page in admin.site._registry.items() if model._meta.app_label.startswith(ours)
    }
    assert set(MODELS) | {LegalEntity} <= set(pages)
    assert [model for model, page in pages.items() if not isinstance(page, LibraryAdmin)] == []
