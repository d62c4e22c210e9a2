"""What administrators decide about all notices of their library."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor
from illservice.core.audit import audit
from illservice.core.errors import InvalidInput, StaleVersion
from illservice.core.sealing import seal
from illservice.directory.models import Library
from illservice.notices.channels.webhook import PURPOSE
from illservice.notices.models import NoticeRules

SETTABLE = frozenset(
    {
        *("quiet_from", "quiet_until", "open_days_only", "bundle", "title_in_text", "title_in_messages"),
        *("title_in_calendar", "webhook_url", "webhook_label"),
    }
)


def save_rules(
    *, library: Library, values: Mapping[str, Any], version: int, actor: Actor, at: datetime
) -> str:
    """Keep the rules. `version` is the one that the writer saw (0: none were made).

    Returns the gateway's secret when one was made, because there is an address for the first time: it is shown once
    and kept sealed.
    """
    if set(values) - SETTABLE:
        raise InvalidInput({name: _("This cannot be changed here.") for name in set(values) - SETTABLE})
    with transaction.atomic():
        rules = _locked(library, version)
        changed = [name for name, value in values.items() if getattr(rules, name) != value]
        for name in changed:
            setattr(rules, name, values[name])
        secret = ""
        if rules.webhook_url and not rules.webhook_secret:
            secret = _give_secret(rules)
            changed.append("webhook_secret")
        _write(rules, actor, at, changed)
    return secret


def renew_secret(*, library: Library, version: int, actor: Actor, at: datetime) -> str:
    """Make a new secret for the gateway and return it; what is signed from now on is signed with it."""
    with transaction.atomic():
        rules = _locked(library, version)
        if not rules.webhook_url:
            raise InvalidInput({"webhook_url": _("Give the gateway’s address first.")})
        secret = _give_secret(rules)
        _write(rules, actor, at, ["webhook_secret"])
    return secret


def _give_secret(rules: NoticeRules) -> str:
    secret = secrets.token_urlsafe(32)
    rules.webhook_secret = seal(PURPOSE, secret)
    return secret


def _locked(library: Library, version: int) -> NoticeRules:
    if not version:
        try:
            with transaction.atomic():
                return NoticeRules.objects.create(library=library, version=0)
        except IntegrityError:
            raise _stale(version) from None
    rules = NoticeRules.objects.select_for_update().filter(library=library, version=version).first()
    if rules is None:
        raise _stale(version)
    return rules


def _write(rules: NoticeRules, actor: Actor, at: datetime, changed: list[str]) -> None:
    rules.version = F("version") + 1
    rules.save(update_fields=[*changed, "version"])
    audit(rules, action="change", actor=actor, at=at, changed=changed)


def _stale(version: int) -> StaleVersion:
    error = StaleVersion(seen=version, current=-1)
    error.message = _("Somebody else changed these rules since you opened them. Nothing of yours was saved.")
    return error
