"""Where a borrowed item can be, in the words of staff, patron and partner (design §3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.core.workflow import State


class Wording(models.TextChoices):
    """All that a patron ever reads about how far a request is: eight wordings, no more (design §3 rule 6)."""

    RECEIVED = "received", _("We have your request")
    ANSWER_NEEDED = "answer_needed", _("We need your answer")
    ASKING = "asking", _("Asking other libraries")
    ON_THE_WAY = "on_the_way", _("On its way")
    READY = "ready", _("Ready for you")
    WITH_YOU = "with_you", _("With you")
    FINISHED = "finished", _("Finished")
    CLOSED = "closed", _("Closed without it")


class NextActor(models.TextChoices):
    """Who acts next."""

    DESK = "desk", _("the borrowing desk")
    STACKS = "stacks", _("the stacks")
    BRANCH = "branch", _("the branch")
    LENDER = "lender", _("the lending library")
    POST = "post", _("the post")
    PATRON = "patron", _("the patron")
    TIMER = "timer", _("nobody: it closes by itself")
    NOBODY = "nobody", _("nobody")


IN_REVIEW = "in_review"
READY = "ready"
SUPPLY_HERE = "supply_here"
ASKED = "asked"
PROMISED = "promised"
ON_THE_WAY = "on_the_way"
AT_DESK = "at_desk"
TO_BRANCH = "to_branch"
ON_SHELF = "on_shelf"
ON_LOAN = "on_loan"
FROM_BRANCH = "from_branch"
BACK_AT_DESK = "back_at_desk"
RETURNED = "returned"
COPY_DELIVERED = "copy_delivered"
SETTLING = "settling"
COMPLETED = "completed"
UNFILLED = "unfilled"
CANCELLED = "cancelled"

STATES: tuple[State, ...] = (
    State(IN_REVIEW, _("In review"), Wording.RECEIVED, NextActor.DESK),
    State(
        READY, _("Choose lenders"), Wording.RECEIVED, NextActor.DESK, "", "cleared_at", first_time_only=True
    ),
    State(SUPPLY_HERE, _("Supply from here"), Wording.RECEIVED, NextActor.STACKS),
    State(ASKED, _("Asked a lender"), Wording.ASKING, NextActor.LENDER, "", "sent_at", first_time_only=True),
    State(PROMISED, _("Promised"), Wording.ASKING, NextActor.LENDER, "WillSupply", "promised_at"),
    State(ON_THE_WAY, _("On its way to us"), Wording.ON_THE_WAY, NextActor.POST, "Loaned", "shipped_at"),
    State(AT_DESK, _("Arrived, to process"), Wording.ON_THE_WAY, NextActor.DESK, "Loaned", "received_at"),
    State(TO_BRANCH, _("On its way to a branch"), Wording.ON_THE_WAY, NextActor.BRANCH, "Loaned"),
    State(ON_SHELF, _("Ready for the patron"), Wording.READY, NextActor.PATRON, "Loaned", "delivered_at"),
    State(ON_LOAN, _("With the patron"), Wording.WITH_YOU, NextActor.PATRON, "Loaned"),
    State(FROM_BRANCH, _("On its way from a branch"), Wording.FINISHED, NextActor.BRANCH, "Loaned"),
    State(BACK_AT_DESK, _("Back, to send home"), Wording.FINISHED, NextActor.DESK, "Loaned"),
    State(
        RETURNED, _("On its way to the lender"), Wording.FINISHED, NextActor.LENDER, "Loaned", "returned_at"
    ),
    State(
        COPY_DELIVERED, _("Copy delivered"), Wording.READY, NextActor.TIMER, "CopyCompleted", "delivered_at"
    ),
    State(SETTLING, _("Lost or damaged"), Wording.ANSWER_NEEDED, NextActor.DESK, "Loaned"),
    State(COMPLETED, _("Completed"), Wording.FINISHED, NextActor.NOBODY, "LoanCompleted", final=True),
    State(UNFILLED, _("Unfilled"), Wording.CLOSED, NextActor.NOBODY, "Unfilled", final=True),
    State(CANCELLED, _("Cancelled"), Wording.CLOSED, NextActor.NOBODY, "Cancelled", final=True),
)

ALL = frozenset(state.code for state in STATES)
FINAL = frozenset(state.code for state in STATES if state.final)
OPEN = ALL - FINAL
BEFORE_SENDING = frozenset({IN_REVIEW, READY})
WITH_LENDER = frozenset({ASKED, PROMISED})
COMING = frozenset({ASKED, PROMISED, ON_THE_WAY})
HERE = frozenset({AT_DESK, TO_BRANCH, ON_SHELF, ON_LOAN, FROM_BRANCH, BACK_AT_DESK})


class HoldKind(models.TextChoices):
    """What keeps a request from being sent; each is a queue of its own (design §3 rule 3)."""

    PATRON = "patron", _("Patron to clear")
    DUPLICATE = "duplicate", _("Possible duplicates")
    OWNED = "owned", _("Perhaps ours or free online")
    CITATION = "citation", _("Citation to check")
    LIMIT = "limit", _("Over the limit")
    COPYRIGHT = "copyright", _("Copyright")
    WAITING_PATRON = "waiting_patron", _("Waiting for the patron")


class QuestionKind(models.TextChoices):
    """A question beside a state."""

    CONDITIONAL = "conditional", _("Lender asks: conditions")
    CANCEL = "cancel", _("Cancellation asked")
    RENEWAL = "renewal", _("Renewal asked")
    RETRY = "retry", _("Lender offers: ask again")


class MarkKind(models.TextChoices):
    """A dated fact on any state. Those of ATTENTION put the request before staff."""

    OVERDUE = "overdue", _("overdue")
    RECALLED = "recalled", _("recalled by the lender")
    NOT_WANTED = "not_wanted", _("not wanted any more")
    CLAIMED_RETURNED = "claimed_returned", _("patron says it was returned")
    RESEND = "resend", _("better copy asked for")
    PIECES = "pieces", _("pieces missing")
    POSTED = "posted", _("posted to the patron")
    CLAIMED = "claimed", _("lender told that it has not arrived")
    SECOND_COPY = "second_copy", _("a second copy came")
    PATRON_WROTE = "patron_wrote", _("the patron wrote")
    ALL_TRIED = "all_tried", _("all lenders tried")
    NO_REPLY = "no_reply", _("the patron has not answered")
    LENDER_SILENT = "lender_silent", _("the lender has not answered")
    NOT_SHIPPED = "not_shipped", _("promised but not sent")
    NOT_ARRIVED = "not_arrived", _("sent but not here")
    SHELF_EXPIRED = "shelf_expired", _("not picked up")
    NEED_BY = "need_by", _("the need-by date has passed")
    MAIL_FAILED = "mail_failed", _("a message could not be sent")
    LENDER_OVERDUE = "lender_overdue", _("the lender says that it is overdue")
    LENDER_DONE = "lender_done", _("the lender says that it has it back")
    LENDER_WROTE = "lender_wrote", _("the lender wrote")
    LATE_COMING = "late_coming", _("a second copy is coming")
    NEW_COPY = "new_copy", _("the lender sent a copy: look at it")
    ODD_NEWS = "odd_news", _("news of a lender that fits no step")
    LENDER_HOLDS = "lender_holds", _("the lender asks to keep it for now")
    PEER_SILENT = "peer_silent", _("the lender's system does not answer")
    COPYRIGHT = "copyright", _("a copy that copyright has not cleared")
    CLOCK_FAILED = "clock_failed", _("something that was due cannot be done")


QUIET_MARKS = frozenset({MarkKind.POSTED, MarkKind.CLAIMED})
"""Marks that say something without asking staff to act."""
