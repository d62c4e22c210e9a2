"""Where an item that we lend can be, in the words of staff, borrower and ISO 18626 (design §3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from illservice.core.workflow import State


class Wording(models.TextChoices):
    """All that a borrower reads on our pages about how far a request is."""

    RECEIVED = "received", _("We have your request")
    ANSWER_NEEDED = "answer_needed", _("We need your answer")
    FETCHING = "fetching", _("Being fetched")
    SENT = "sent", _("Sent to you")
    COMING_BACK = "coming_back", _("On its way back to us")
    CHARGE = "charge", _("To be settled")
    COMPLETED = "completed", _("Completed")
    NOT_AVAILABLE = "not_available", _("Not available")
    CANCELLED = "cancelled", _("Cancelled")


class NextActor(models.TextChoices):
    """Who acts next."""

    DESK = "desk", _("the lending desk")
    STACKS = "stacks", _("the stacks")
    BORROWER = "borrower", _("the borrowing library")
    POST = "post", _("the post")
    TIMER = "timer", _("nobody: it closes by itself")
    NOBODY = "nobody", _("nobody")


NEW = "new"
TO_PULL = "to_pull"
FOUND = "found"
ON_LOAN = "on_loan"
COPY_SENT = "copy_sent"
COMING_BACK = "coming_back"
SETTLING = "settling"
COMPLETED = "completed"
NOT_SUPPLIED = "not_supplied"
CANCELLED = "cancelled"

STATES: tuple[State, ...] = (
    State(NEW, _("Can we supply?"), Wording.RECEIVED, NextActor.DESK, "RequestReceived"),
    State(TO_PULL, _("To fetch"), Wording.FETCHING, NextActor.STACKS, "WillSupply", "promised_at",
          first_time_only=True),
    State(FOUND, _("Found: pack or scan"), Wording.FETCHING, NextActor.DESK, "WillSupply", "found_at"),
    State(ON_LOAN, _("Out on loan"), Wording.SENT, NextActor.BORROWER, "Loaned", "shipped_at"),
    State(COPY_SENT, _("Copy sent"), Wording.SENT, NextActor.TIMER, "CopyCompleted", "shipped_at"),
    State(COMING_BACK, _("Coming back"), Wording.COMING_BACK, NextActor.POST, "Loaned"),
    State(SETTLING, _("Lost or damaged"), Wording.CHARGE, NextActor.BORROWER, "Loaned"),
    State(COMPLETED, _("Completed"), Wording.COMPLETED, NextActor.NOBODY, "LoanCompleted", final=True),
    State(NOT_SUPPLIED, _("Not supplied"), Wording.NOT_AVAILABLE, NextActor.NOBODY, "Unfilled", final=True),
    State(CANCELLED, _("Cancelled"), Wording.CANCELLED, NextActor.NOBODY, "Cancelled", final=True),
)  # fmt: skip

ALL = frozenset(state.code for state in STATES)
FINAL = frozenset(state.code for state in STATES if state.final)
OPEN = ALL - FINAL
BEFORE_SHIPPING = frozenset({NEW, TO_PULL, FOUND})
FETCHING = frozenset({TO_PULL, FOUND})
AWAY = frozenset({ON_LOAN, COMING_BACK})


class HoldKind(models.TextChoices):
    """What keeps a request from being fetched; each is a queue of its own (design §3 rule 3)."""

    STATEMENT = "statement", _("No copyright statement")
    DUPLICATE = "duplicate", _("Possible duplicates")
    WAITING_BORROWER = "waiting_borrower", _("Waiting for the borrower")


class QuestionKind(models.TextChoices):
    """A question beside a state."""

    CONDITIONAL = "conditional", _("Conditions: waiting for the borrower")
    CANCEL = "cancel", _("Borrower asks to cancel")
    RENEWAL = "renewal", _("Borrower asks to renew")


class MarkKind(models.TextChoices):
    """A dated fact on any state. Those that are not quiet put the request before staff."""

    NO_STATEMENT = "no_statement", _("no copyright statement")
    OVERDUE = "overdue", _("overdue")
    RECALLED = "recalled", _("recalled")
    REMINDED = "reminded", _("the borrower sent a reminder")
    NOT_ON_SHELF = "not_on_shelf", _("not found on the shelf")
    RESEND = "resend", _("a better copy is wanted")
    BORROWER_WROTE = "borrower_wrote", _("the borrower wrote")
    FORWARDED = "forwarded", _("sent on by the borrower")
    NOT_ARRIVED = "not_arrived", _("the borrower has not got it")
    ARRIVED_UNSENT = "arrived_unsent", _("arrived, but not marked as sent")
    ODD_NEWS = "odd_news", _("news that fits no step")
    LATE_ANSWER = "late_answer", _("not answered in time")
    NO_REPLY = "no_reply", _("the borrower has not answered")
    UNRETURNED = "unreturned", _("sent back, but not here")
    MAIL_FAILED = "mail_failed", _("a message could not be sent")
    HOLD_RETURN = "hold_return", _("the borrower keeps it until we say so")
    HELD_THERE = "held_there", _("the borrower does not send it back yet")
    PEER_SILENT = "peer_silent", _("the borrower's system does not answer")
    CLOCK_FAILED = "clock_failed", _("something that was due cannot be done")


QUIET_MARKS = frozenset(
    {MarkKind.NO_STATEMENT, MarkKind.OVERDUE, MarkKind.RECALLED, MarkKind.HOLD_RETURN, MarkKind.HELD_THERE}
)
"""Marks that say something without asking staff to act."""
