"""The lending desk as the office's shell knows it: its links, who works there, its stages."""

from django.utils.translation import gettext_lazy as _

from illservice.core.desk.desks import Desk, Link
from lending.services.rules import MAY_SET_RULES
from lending.views.links import LINKS
from lending.views.lists import stages
from lending.workflow.rights import DESK, STACKS

LENDING_DESK = Desk(
    label=_("Lending"),
    prefix="/lend/",
    links=LINKS,
    roles=STACKS,
    position=2,
    nav=(
        Link(_("Queue"), "lending:queue"),
        Link(_("To fetch"), "lending:stacks", STACKS),
        Link(_("Scan"), "lending:scan", STACKS),
        Link(_("New request"), "lending:new", DESK),
        Link(_("Attention"), "lending:attention"),
    ),
    account=(
        Link(_("Money owed"), "lending:money", DESK),
        Link(_("Accounts of other libraries"), "lending:accounts", DESK),
        Link(_("Rules"), "lending:rules", MAY_SET_RULES),
        Link(_("How it works"), "lending:workflow"),
    ),
    stages=stages,
)
