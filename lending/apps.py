"""Supplying: what other libraries ask of us."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LendingConfig(AppConfig):
    name = "lending"
    label = "ill_lending"
    verbose_name = _("Lending")
