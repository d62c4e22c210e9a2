"""Fields that several actions of the borrowing desk have."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from illservice.core.desk.forms import ActionForm, PickField
from illservice.directory.selectors import pickup_branches
from requests_app.models import BorrowingRequest, LenderTry


class BranchForm(ActionForm):
    """A form with a branch of the library; `branch_id` is what services take."""

    branch = PickField(label=_("Branch"), required=False)
    empty: Any = _("– where the patron picks it up –")

    def prepare(self) -> None:
        """Offer the branches where patrons pick up, by name."""
        field = self.fields["branch"]
        if isinstance(field, PickField):
            field.offer(
                ((each.code, each.name, each) for each in pickup_branches(self.library)), empty=self.empty
            )

    @property
    def facts(self) -> dict[str, Any]:
        """The branch by its key, as services take it."""
        branch = self.cleaned_data.get("branch")
        return {"branch_id": branch.pk if branch else None}


def open_try(request: BorrowingRequest) -> LenderTry | None:
    """The lender that is being asked, or the last one asked."""
    tries = [each for each in request.tries.all() if each.asked_at]
    return next((each for each in tries if each.open), tries[-1] if tries else None)
