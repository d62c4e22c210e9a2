"""Every setting is described, and what is described exists."""

import re

import yaml
from django.conf import settings

from illservice.core.env import Environment
from tests.architecture.source import ROOT


def _names() -> set[str]:
    return set(settings.ENVIRONMENT.names)


def _example() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#?(ILL_[A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(_example()) == _names()


def test_the_page_of_settings_has_a_row_for_each_and_for_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(ILL_[A-Z0-9_]+)` \|", page, re.MULTILINE)) == _names()


def test_the_page_of_settings_explains_every_id() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    code = "".join(
        (ROOT / "illservice" / name).read_text(encoding="utf-8")
        for name in ("core/env.py", "settings.py", "apps.py")
    )
    assert set(re.findall(r"^\| `(ill\.[EW]\d+)` \|", page, re.MULTILINE)) == set(
        re.findall(r"ill\.[EW]\d+", code)
    )


def test_containers_are_given_only_settings_that_exist_and_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    described = yaml.safe_load(text)
    given = {name for name in described["x-service"]["environment"] if name.startswith("ILL_")}
    assert given - _names() == set()
    assert set(described["services"]) == {"setup", "web", "worker", "beat", "postgres", "redis"}
    health = {name for name, service in described["services"].items() if "healthcheck" in service}
    assert health == {"web", "worker", "beat", "postgres", "redis"}
    secrets = re.findall(r"^ *\w*(?:SECRET|PASSWORD|DATABASE_URL)\w*: (.*)$", text, re.MULTILINE)
    assert len(secrets) == 3
    assert all("${" in value for value in secrets)


def test_the_example_values_are_understood() -> None:
    environment = Environment({name: value for name, value in _example().items() if value})
    example = _example()
    environment.url("ILL_BASE_URL", ("https",), example="")
    environment.url("ILL_DATABASE_URL", ("postgres",), example="")
    environment.url("ILL_REDIS_URL", ("redis",), example="")
    environment.url("ILL_EMAIL_URL", ("smtp+tls",), example="")
    environment.hosts("ILL_ALLOWED_HOSTS", ())
    environment.networks("ILL_TRUSTED_PROXIES")
    environment.mail_address("ILL_MAIL_FROM", "")
    assert environment.problems == []
    assert example["ILL_SECRET_KEY"] == ""
