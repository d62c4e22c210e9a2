"""The page of rules: who may, what is kept, the gateway's secret shown once, and two administrators at a time."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from illservice.core.models import AuditEntry
from illservice.core.sealing import unseal
from illservice.notices.channels.webhook import PURPOSE
from illservice.notices.kinds import kind_of
from illservice.notices.kinds.sandbox import check_texts
from illservice.notices.kinds.shipped import shipped_texts
from illservice.notices.models import NoticeRules
from illservice.notices.selectors import rules_of
from tests.world import World

PAGE = "/desk/north/notices/rules/"
WISH = {"version": "0", "quiet_from": "21:00", "quiet_until": "07:30", "open_days_only": "on"}


@pytest.fixture
def head(world: World) -> Client:
    client = Client()
    client.force_login(world.north.people["head"])
    return client


def errors_of(answer: Any) -> set[str]:
    return set(answer.context["form"].errors)


def test_a_library_without_rules_has_the_usual_ones(world: World) -> None:
    rules = rules_of(world.north.library.pk)
    assert (f"{rules.quiet_from:%H:%M}", f"{rules.quiet_until:%H:%M}") == ("20:00", "08:00")
    assert (rules.open_days_only, rules.bundle, rules.title_in_text) == (True, True, True)
    assert (rules.title_in_messages, rules.title_in_calendar) == (False, False)
    assert not NoticeRules.objects.exists()


def test_rules_are_kept_for_the_own_library_and_said_in_the_audit(world: World, head: Client) -> None:
    assert head.post(PAGE, WISH | {"title_in_messages": "on"}).status_code == 302
    rules = rules_of(world.north.library.pk)
    assert rules.title_in_messages
    assert (f"{rules.quiet_from:%H:%M}", rules.bundle, rules.open_days_only) == ("21:00", False, True)
    assert rules_of(world.south.library.pk).version == 0
    entry = AuditEntry.objects.get(model="ill_notices.NoticeRules")
    assert "quiet_from" in entry.changed
    assert "21:00" in head.get(PAGE).content.decode()


def test_two_at_once_one_of_them_reads_what_the_other_did(head: Client) -> None:
    head.post(PAGE, WISH)
    late = head.post(PAGE, WISH | {"quiet_from": "22:00"})
    assert late.status_code == 409
    assert f"{NoticeRules.objects.get().quiet_from:%H:%M}" == "21:00"
    seen = re.search(r'name="version" value="(\d+)"', late.content.decode())
    assert seen is not None
    assert head.post(PAGE, WISH | {"quiet_from": "22:00", "version": seen[1]}).status_code == 302
    assert f"{NoticeRules.objects.get().quiet_from:%H:%M}" == "22:00"


def test_the_secret_of_the_gateway_is_shown_once_and_kept_sealed(head: Client) -> None:
    answer = head.post(PAGE, WISH | {"webhook_url": "https://gateway.example/sms"})
    shown = re.search(r"<code>([^<]{30,})</code>", answer.content.decode())
    assert shown is not None
    kept = NoticeRules.objects.get()
    assert shown[1] not in kept.webhook_secret
    assert unseal(PURPOSE, kept.webhook_secret) == shown[1]
    assert shown[1] not in head.get(PAGE).content.decode()
    again = head.post(
        PAGE,
        WISH | {"webhook_url": "https://gateway.example/sms", "version": str(kept.version), "do": "secret"},
    )
    other = re.search(r"<code>([^<]{30,})</code>", again.content.decode())
    assert other is not None
    assert other[1] != shown[1]
    assert unseal(PURPOSE, NoticeRules.objects.get().webhook_secret) == other[1]


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://gateway.example/", False),
        ("https://me:secret@gateway.example/", False),
        ("https://me:secret@gateway.example/", True),
        ("javascript:alert(1)", True),
    ],
)
def test_an_address_that_is_not_safe_is_refused(
    head: Client, settings: Settings, url: str, private: bool
) -> None:
    settings.ILL_WEBHOOK_PRIVATE = ("10.0.0.0/8",) if private else ()
    assert errors_of(head.post(PAGE, WISH | {"webhook_url": url})) == {"webhook_url"}
    assert errors_of(head.post(PAGE, WISH | {"do": "secret"})) == {"webhook_url"}
    assert not NoticeRules.objects.exists()


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("code", ["reminders", "proxy_reminders", "proxy_notice", "proxy_reminder"])
def test_the_texts_of_bundles_and_proxies_use_only_their_fields(code: str, language: str) -> None:
    kind, texts = kind_of(code), shipped_texts(code, language)
    names = {"subject_names": kind.names(subject=True), "names": kind.names()}
    with translation.override(language):
        assert check_texts(texts, examples=kind.examples(), **names) == {}
    assert language == "en" or texts != shipped_texts(code, "en")
