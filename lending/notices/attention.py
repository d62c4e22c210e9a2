"""A mail or message to a borrower that was given up puts its request before staff."""

import logging
from datetime import datetime

from illservice.core.errors import IllError
from illservice.core.models import OutboxRow
from illservice.exchange.services.circuit import KIND as MESSAGE
from illservice.notices.selectors import NOTICE
from lending.models import LendingRequest
from lending.services.words import flag
from lending.workflow.states import MarkKind

logger = logging.getLogger(__name__)


def show_failed(row: OutboxRow, at: datetime) -> None:
    """Hear of a failed row. What goes wrong here must not stop the delivery of other rows."""
    if row.kind not in {NOTICE, MESSAGE}:
        return
    request_id = LendingRequest.objects.filter(number=row.subject).values_list("pk", flat=True).first()
    if request_id is None:
        return
    try:
        flag(request_id=request_id, kind=MarkKind.MAIL_FAILED, at=at)
    except IllError as refusal:
        logger.warning("the request of outbox row %s could not be flagged: %s", row.pk, refusal.code)
