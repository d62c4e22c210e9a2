"""What each action of the table needs to know, for pages and programs alike.

    door = ACTIONS["shelve"]
    form = door.form(data, request=request, actor=actor, at=at)      # a person's form
    form = door.filled(data, request=request, actor=actor, at=at)    # a program's object
    if form.is_valid():
        door.run(request=request, data=form.facts, actor=actor, at=at, version=form.cleaned_data["version"])

Things are named by what people know (a branch's code, a partner's short name, a lender's place in the list, a
reason's code), never by a key. `request` is one that a selector fetched for this actor.
"""

from illservice.core.desk.forms import ActionDoor, ActionForm
from requests_app.forms.actions.charges import CHARGES
from requests_app.forms.actions.copyright import COPYRIGHT
from requests_app.forms.actions.edit import EDIT
from requests_app.forms.actions.items import ITEMS
from requests_app.forms.actions.lenders import ENDS, LENDERS
from requests_app.forms.actions.loans import LOANS
from requests_app.forms.actions.news import NEWS
from requests_app.forms.actions.review import REVIEW

ACTIONS: dict[str, ActionDoor] = REVIEW | COPYRIGHT | LENDERS | NEWS | ITEMS | LOANS | ENDS | EDIT | CHARGES
"""One door for each action that has a button, by the action's name in the table."""

__all__ = ["ACTIONS", "ActionDoor", "ActionForm"]
