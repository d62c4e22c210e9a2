"""Machinery that knows no library noun: workflow engine, outbox, timers, errors."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "illservice.core"
    label = "ill_core"
    verbose_name = _("Machinery")
