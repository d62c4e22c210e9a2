"""Addresses of the borrowing desk's pages."""

from illservice.core.desk.links import Addresses, back_to, with_query

LINKS = Addresses("desk")

request_url = LINKS.request
"""The page of one request."""
action_url = LINKS.action
"""The form of one action on a request."""
undo_url = LINKS.undo
"""Where an act on a request is taken back."""

__all__ = ["LINKS", "action_url", "back_to", "request_url", "undo_url", "with_query"]
