"""The composition root as a Django app: loads Celery, so that every process knows the tasks."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core import checks

from illservice import celery


class IllServiceConfig(AppConfig):
    name = "illservice"
    label = "illservice"
    verbose_name = "illservice"
    celery_app = celery.app

    def ready(self) -> None:
        checks.register(unknown_settings)


def unknown_settings(app_configs: object, **_others: Any) -> Iterable[checks.CheckMessage]:
    """Warns of ILL_ variables that nobody reads; wrong values have stopped the start before (core/env.py)."""
    for name, nearest in settings.ENVIRONMENT.unknown_names():
        hint = f"Did you mean {nearest}?" if nearest else "docs/settings.md lists the settings."
        yield checks.Warning(f"{name} is no setting of the service.", hint=hint, id="ill.W001")


class MasterDataConfig(AdminConfig):
    """Django's admin with the door of this service."""

    default_site = "illservice.accounts.doors.MasterDataSite"
