"""All that a notice text can do: `if` and the filters `date` and `default`. The sandbox loads nothing else."""

from django.template import Library
from django.template.defaultfilters import date, default
from django.template.defaulttags import do_if

register = Library()
register.tag("if", do_if)
register.filters["date"] = date
register.filters["default"] = default
