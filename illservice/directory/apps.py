"""Libraries, their symbols and branches, and what one library knows of another."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "illservice.directory"
    label = "ill_directory"
    verbose_name = _("Directory")
