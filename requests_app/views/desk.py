"""The borrowing desk as the office's shell knows it: its links, who works there, its stages."""

from django.utils.translation import gettext_lazy as _

from illservice.accounts.roles import Role
from illservice.core.desk.desks import Desk, Link
from requests_app.views.links import LINKS
from requests_app.views.lists import stages
from requests_app.workflow.rights import CIRCULATION, CLEARING, COPYRIGHT_DESK, DESK

BORROWING_DESK = Desk(
    label=_("Borrowing"),
    prefix="/desk/",
    links=LINKS,
    roles=frozenset(Role.values) - {Role.LENDING},
    position=1,
    nav=(
        Link(_("Queue"), "desk:queue"),
        Link(_("Receive and scan"), "desk:receive", CIRCULATION),
        Link(_("New request"), "desk:new", DESK),
        Link(_("Patrons"), "desk:patrons", CIRCULATION),
        Link(_("Attention"), "desk:attention"),
    ),
    account=(
        Link(_("Copyright"), "desk:copyright", CLEARING),
        Link(_("Copyright report"), "desk:copyright_report", COPYRIGHT_DESK),
        Link(_("Money owed"), "desk:money", DESK),
        Link(_("Paste numbers"), "desk:numbers", DESK),
        Link(_("How it works"), "desk:workflow"),
    ),
    stages=stages,
)
