"""What can go wrong when somebody acts, as values that a door can translate.

Every error carries a stable `code` for scripts, a `message` in the reader's language and `data` with facts.
A service that raises one of these has changed nothing: the transaction it runs in is rolled back.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class IllError(Exception):
    """Base of all refusals. `status` is the HTTP status a web door answers with."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    code: str = "refused"

    def __init__(self, message: Any = "", *, code: str = "", **data: Any) -> None:
        self.message = message
        if code:
            self.code = code
        self.data: dict[str, Any] = data
        super().__init__(code or self.code)

    def __str__(self) -> str:
        return str(self.message) or self.code


class WrongState(IllError):
    """The thing is not where this action starts from. `data["allowed"]` names what is possible (409)."""

    status = HTTPStatus.CONFLICT
    code = "wrong_state"


class Refused(IllError):
    """The place is right but a condition of the row does not hold (409)."""

    status = HTTPStatus.CONFLICT
    code = "condition"


class StaleVersion(IllError):
    """Somebody else changed it since the reader's page was made (409)."""

    status = HTTPStatus.CONFLICT
    code = "stale"

    def __init__(self, *, seen: int, current: int) -> None:
        super().__init__(
            _("Somebody else changed this request since you opened it. Nothing of yours was saved."),
            seen=seen,
            current=current,
        )


class NotPermitted(IllError):
    """The right is missing in one's own library (403)."""

    status = HTTPStatus.FORBIDDEN
    code = "not_permitted"

    def __init__(self, message: Any = "", **data: Any) -> None:
        super().__init__(message or _("Your role does not include this action."), **data)


class NotFound(IllError):
    """It is not there, or it is not yours to see: the two are not told apart (404)."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class InvalidInput(IllError):
    """Facts that cannot be used; `fields` maps a field's name to its message (400)."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, Any], message: Any = "") -> None:
        super().__init__(message or next(iter(fields.values()), ""), fields=dict(fields))
        self.fields = dict(fields)
