"""What is asked for: kinds, identifiers, normalised citations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CitationsConfig(AppConfig):
    name = "illservice.citations"
    label = "ill_citations"
    verbose_name = _("Citations")
