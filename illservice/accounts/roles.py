"""Roles that a person can hold in a library. One person may hold several, in several libraries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does in the office. A head may all that the desks may; an administrator also sets it up."""

    STUDENT = "student", _("student worker")
    BRANCH = "branch", _("branch")
    BORROWING = "borrowing", _("borrowing desk")
    LENDING = "lending", _("lending desk")
    COPYRIGHT = "copyright", _("copyright")
    HEAD = "head", _("head")
    ADMINISTRATOR = "administrator", _("administrator")
