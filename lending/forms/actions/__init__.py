"""What each action of the lending table needs to know, for pages and programs alike (see core/desk/forms.py)."""

from illservice.core.desk.forms import ActionDoor
from lending.forms.actions.answers import ANSWERS, CONVERSATION
from lending.forms.actions.charges import CHARGES
from lending.forms.actions.edit import EDIT
from lending.forms.actions.items import ITEMS
from lending.forms.actions.loans import LOANS
from lending.forms.actions.review import REVIEW

ACTIONS: dict[str, ActionDoor] = REVIEW | ANSWERS | ITEMS | LOANS | EDIT | CONVERSATION | CHARGES
"""One door for each action that staff may take, by the action's name in the table."""

__all__ = ["ACTIONS"]
