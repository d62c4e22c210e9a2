"""Accounts for people of borrowing libraries: given, told of, and taken away by the library that gave them."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from illservice.accounts.models import User
from illservice.accounts.roles import Role
from illservice.accounts.tokens import INVITATION_TOKENS
from illservice.core import clock, outbox
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.core.models import AuditEntry, OutboxRow
from lending.models import BorrowerAccount
from lending.services.accounts import give_account, take_account, write_again
from tests.lending import verbs
from tests.lending.borrower_walks import AT, person, signed_in, text_of
from tests.world import World

PAGE = "/lend/north/accounts/"
NEW = {"partner": "eastlake", "name": "Robin Example", "email": "robin@eastlake.example"}


def give(world: World, **values: str) -> BorrowerAccount:
    return give_account(
        library_id=world.north.library.pk, actor=verbs.desk(world), at=clock.now(), **NEW | values
    )


def desk_browser(world: World, role: str = Role.LENDING) -> Client:
    return signed_in(world.north.people[role])


def deliver_all() -> None:
    for row_id in outbox.due_rows(at=clock.now()):
        outbox.deliver(row_id, at=clock.now())


def test_a_new_person_gets_a_mail_chooses_a_password_and_is_in(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    response = desk_browser(world).post(PAGE, NEW, follow=True)
    assert "Robin Example can ask us now" in text_of(response)
    assert "robin@eastlake.example" in text_of(response)
    deliver_all()
    (mail,) = mailoutbox
    assert mail.to == ["robin@eastlake.example"]
    assert "Northfield Library" in mail.subject
    found = re.search(r"https?://[^/]+(/account/invitation/\S+)", str(mail.body))
    assert found is not None
    browser = Client()
    form = browser.get(found[1], follow=True)
    choose = form.redirect_chain[-1][0]
    browser.post(choose, {"new_password1": "honey and wax 42", "new_password2": "honey and wax 42"})
    browser.post("/login/", {"username": "robin@eastlake.example", "password": "honey and wax 42"})
    assert browser.get("/").headers["Location"] == AT
    assert "does not work any more" in text_of(Client().get(found[1], follow=True))


def test_an_account_that_exists_is_kept_with_its_password(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    known = User.objects.create_user("robin", email="Robin@Eastlake.example", password="correct horse")
    assert give(world).user == known
    assert give(world).user == known
    assert BorrowerAccount.objects.count() == 1
    known.refresh_from_db()
    assert known.check_password("correct horse")
    deliver_all()
    assert "/account/invitation/" not in str(mailoutbox[0].body)
    assert "robin" in str(mailoutbox[0].body)


def test_a_name_that_somebody_has_is_not_taken_over(world: World) -> None:
    User.objects.create_user("robin@eastlake.example", email="other@north.example", password="correct horse")
    assert give(world).user.username == "robin@eastlake.example-2"


@pytest.mark.parametrize(
    ("field", "value"),
    [("partner", "south"), ("partner", ""), ("name", " "), ("email", "robin"), ("email", "")],
)
def test_what_cannot_be_is_refused_and_nothing_happens(world: World, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        give(world, **{field: value})
    assert list(refusal.value.fields) == [field]
    page = desk_browser(world).post(PAGE, NEW | {field: value})
    assert field in page.context["form"].errors
    assert not BorrowerAccount.objects.exists()
    assert not OutboxRow.objects.exists()


def test_only_the_desk_and_only_the_library_that_gave_it(world: World) -> None:
    account = give(world)
    for role in (Role.BORROWING, Role.STUDENT, Role.BRANCH, Role.COPYRIGHT):
        with pytest.raises(NotPermitted):
            give_account(
                library_id=world.north.library.pk, actor=world.north.actor(role), at=clock.now(), **NEW
            )
        assert desk_browser(world, role).get(PAGE).status_code == 403
    stranger = world.south.actor(Role.ADMINISTRATOR)
    for service in (take_account, write_again):
        with pytest.raises(NotFound):
            service(library_id=world.south.library.pk, account_id=account.pk, actor=stranger, at=clock.now())
        with pytest.raises(NotFound):
            service(library_id=world.north.library.pk, account_id=account.pk, actor=stranger, at=clock.now())
    assert BorrowerAccount.objects.filter(pk=account.pk).exists()


def test_who_is_taken_away_is_out_and_a_sign_in_for_nothing_is_closed(world: World) -> None:
    alone, staff = give(world), person(world, "two")
    desk = desk_browser(world)
    browser = signed_in(alone.user)
    assert browser.get(AT).status_code == 200
    desk.post(f"{PAGE}remove/", {"account": alone.pk})
    assert not BorrowerAccount.objects.filter(pk=alone.pk).exists()
    assert browser.get(AT).status_code in {302, 404}
    assert not User.objects.get(pk=alone.user_id).is_active
    worker = world.north.people[Role.BORROWING]
    kept = BorrowerAccount.objects.create(user=worker, library=world.eastlake, lender=world.north.library)
    desk.post(f"{PAGE}remove/", {"account": kept.pk})
    assert User.objects.get(pk=worker.pk).is_active
    assert staff.is_active
    assert AuditEntry.objects.filter(model="ill_lending.BorrowerAccount", action="delete").count() == 2
    assert desk.post(f"{PAGE}remove/", {"account": "x"}).status_code == 404


def test_the_mail_is_sent_again(world: World, mailoutbox: list[EmailMessage]) -> None:
    account = give(world)
    OutboxRow.objects.all().delete()
    response = desk_browser(world).post(f"{PAGE}again/", {"account": account.pk}, follow=True)
    assert "once more" in text_of(response)
    deliver_all()
    assert mailoutbox[0].to == ["robin@eastlake.example"]


def test_an_account_of_the_operators_is_shown_and_not_removed_here(world: World) -> None:
    user = User.objects.create_user("ops", email="ops@eastlake.example", password="correct horse")
    account = BorrowerAccount.objects.create(user=user, library=world.eastlake)
    desk = desk_browser(world)
    assert "set up by the operators" in text_of(desk.get(PAGE))
    assert desk.post(f"{PAGE}remove/", {"account": account.pk}).status_code == 404
    assert signed_in(user).get(AT).status_code == 200


def test_an_invitation_ends_with_its_time_and_with_another_address(world: World) -> None:
    user = give(world).user
    token = INVITATION_TOKENS.make_token(user)
    assert INVITATION_TOKENS.check_token(user, token)
    assert not INVITATION_TOKENS.check_token(user, token[:-2] + "xx")
    assert not INVITATION_TOKENS.check_token(None, token)
    user.email = "else@eastlake.example"
    assert not INVITATION_TOKENS.check_token(user, token)
