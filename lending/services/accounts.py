"""Accounts for people of libraries that have no system of their own: given, told of again, taken away."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from illservice.accounts import services as people
from illservice.accounts.models import Membership, User
from illservice.citations.text import clean_text
from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, NotFound, NotPermitted
from illservice.directory.models import Partnership
from lending.models import BorrowerAccount
from lending.workflow.rights import DESK
from patrons.models import Patron

LONGEST_NAME = 150


def _check(actor: Actor, library_id: int) -> None:
    if actor.library_id != library_id:
        raise NotFound(library=library_id)
    if not actor.roles & DESK:
        raise NotPermitted(action="borrower_accounts")


def give_account(
    *, library_id: int, partner: str, name: str, email: str, actor: Actor, at: datetime
) -> BorrowerAccount:
    """Let somebody of a partner (its short name) ask us on the web, and write so to the address.

    Somebody with an account here keeps it and its password; giving it twice is giving it once and writing again.
    """
    _check(actor, library_id)
    name, email = clean_text(name), email.strip()
    _check_person(name, email)
    with transaction.atomic():
        found = Partnership.objects.filter(library_id=library_id, partner__slug=partner, is_active=True)
        partnership = found.select_related("partner").first()
        if partnership is None:
            raise InvalidInput({"partner": _("Choose one of your partners.")})
        user = people.account_for(email=email, name=name)
        account, created = BorrowerAccount.objects.get_or_create(
            user=user, library=partnership.partner, lender_id=library_id
        )
        if created:
            audit(account, action="create", actor=actor, at=at, library_id=library_id)
        people.invite(user=user, library_id=library_id, at=at)
        return account


def _check_person(name: str, email: str) -> None:
    wrong = {}
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = _("Fill in the person’s name.")
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = _("This is not an e-mail address.")
    if wrong:
        raise InvalidInput(wrong)


def write_again(*, library_id: int, account_id: int, actor: Actor, at: datetime) -> None:
    """Send the mail with the way in once more."""
    _check(actor, library_id)
    with transaction.atomic():
        people.invite(user=_own(library_id, account_id).user, library_id=library_id, at=at)


def take_account(*, library_id: int, account_id: int, actor: Actor, at: datetime) -> None:
    """The person asks us no more. A sign-in that is good for nothing else is closed."""
    _check(actor, library_id)
    with transaction.atomic():
        account = _own(library_id, account_id)
        user = account.user
        audit(account, action="delete", actor=actor, at=at, library_id=library_id)
        account.delete()
        if not _is_anything_else(user):
            user.is_active = False
            user.save(update_fields=["is_active"])


def _own(library_id: int, account_id: int) -> BorrowerAccount:
    """An account that this library gave; the operators' are theirs."""
    found = BorrowerAccount.objects.select_for_update(of=("self",)).select_related("user")
    account = found.filter(pk=account_id, lender_id=library_id).first()
    if account is None:
        raise NotFound(account=account_id)
    return account


def _is_anything_else(user: User) -> bool:
    """Whether the account has another use: staff, a patron, an operator, or a borrower elsewhere."""
    uses = (Membership, Patron, BorrowerAccount)
    return user.is_superuser or any(each._default_manager.filter(user=user).exists() for each in uses)
