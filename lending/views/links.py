"""Addresses of the lending desk's pages."""

from illservice.core.desk.links import Addresses

LINKS = Addresses("lending")
