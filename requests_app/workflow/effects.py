"""What follows a row: notices to the patron and letters to the lender, as rows of the outbox."""

from django.utils.translation import gettext_lazy as _

from illservice.core.outbox import Parcel
from illservice.core.workflow import Act, Effect
from illservice.directory.models import PartnerSystem
from patrons.selectors import proxies_to_tell
from requests_app.models import LenderTry
from requests_app.workflow import states as s

_REMINDERS = ":reminders"


def tell(
    notice: str,
    words: object,
    *,
    only_in: str = "",
    unless: str = "",
    reminder: bool = False,
    proxies: bool = True,
) -> Effect:
    """Tell the patron, when the request came to the state `only_in`, and not when the service noted `unless` among
    the act's facts; and whom the patron named, each on their own. A `step` among the facts goes along.

    Nobody is told once the person was unlinked. Reminders of one reader that are due at once leave as one mail, and
    have a stream of their own: one that waits for an open hour holds up no news. `proxies` False: nobody's business
    but the patron's.
    """

    def run(act: Act) -> None:
        request = act.subject
        if request.patron_id is None or only_in not in {"", request.state} or act.facts.get(unless):
            return
        step = act.facts.get("step")
        about = {"notice": notice, "request": request.pk, "about": _key(act, notice)}
        act.enqueue(
            Parcel(
                kind="notice",
                key=f"{request.number}:{notice}{step or ''}:{act.id.hex[:16]}",
                stream=f"{request.number}:patron{_REMINDERS if reminder else ''}",
                payload=about if step is None else about | {"step": step},
                subject=request.number,
                library=request.library_id,
                bundle=f"patron:{request.patron_id}" if reminder else "",
            )
        )
        if proxies:
            _tell_proxies(act, notice, reminder=reminder)

    return Effect(f"tell_{notice}", words, run)


def _tell_proxies(act: Act, notice: str, *, reminder: bool) -> None:
    """A row for each: neither reads the other's address, and one that fails stops no other."""
    request = act.subject
    for place, proxy_id in enumerate(proxies_to_tell(request.patron_id, reminder=reminder), start=1):
        act.enqueue(
            Parcel(
                kind="notice",
                key=f"{request.number}:{notice}:{act.id.hex[:16]}:{place}",
                stream=f"{request.number}:proxy:{place}{_REMINDERS if reminder else ''}",
                payload={
                    "notice": "proxy_reminder" if reminder else "proxy_notice",
                    "of": notice,
                    "request": request.pk,
                    "about": None,
                    "proxy": proxy_id,
                },
                subject=request.number,
                library=request.library_id,
                bundle=f"proxy:{proxy_id}" if reminder else "",
            )
        )


_WIRE_WORDS = {
    "lender_request": "request",
    "lender_reminder": "reminder",
    "lender_cancel": "cancel",
    "lender_conditions_accepted": "conditions_accepted",
    "lender_conditions_refused": "cancel",
    "lender_renewal": "renew",
    "lender_claim": "claim",
    "lender_resend": "resend",
    "lender_message": "message",
}
"""Letters to a lender, and what they are called on the wire."""


def write_lender(notice: str, words: object) -> Effect:
    """Write to the lender whose try the service named as the topic of this letter: by e-mail or on the wire."""

    def run(act: Act) -> None:
        lender_try = act.topics.get(notice)
        if not isinstance(lender_try, LenderTry):
            return
        if lender_try.system == PartnerSystem.ISO18626:
            act.enqueue(_on_the_wire(act, lender_try, _WIRE_WORDS[notice]))
        elif lender_try.system == PartnerSystem.MAIL:
            act.enqueue(_by_mail(act, lender_try, notice))

    return Effect(f"write_{notice}", words, run)


def report(topic: str, word: str, words: object) -> Effect:
    """Tell a lender's system what happened here; lenders without one need no mail about it."""

    def run(act: Act) -> None:
        lender_try = act.topics.get(topic)
        if isinstance(lender_try, LenderTry) and lender_try.system == PartnerSystem.ISO18626:
            act.enqueue(_on_the_wire(act, lender_try, word))

    return Effect(f"report_{word}", words, run)


def _on_the_wire(act: Act, lender_try: LenderTry, word: str) -> Parcel:
    request, message = act.subject, act.topics.get("lender_words")
    return Parcel(
        kind="iso18626",
        key=f"{request.number}:{word}:{act.id.hex[:16]}",
        stream=f"{request.number}:lender:{lender_try.ordinal}",
        payload={
            "side": "borrowing",
            "partner": lender_try.partner_id,
            "request": request.pk,
            "try": lender_try.pk,
            "word": word,
            "message": message.pk if message is not None else None,
            "at": act.at,
        },
        subject=request.number,
        library=request.library_id,
    )


def _by_mail(act: Act, lender_try: LenderTry, notice: str) -> Parcel:
    request, words = act.subject, act.topics.get("lender_words")
    payload = {"notice": notice, "request": request.pk, "about": lender_try.pk}
    return Parcel(
        kind="notice",
        key=f"{request.number}:{notice}:{act.id.hex[:16]}",
        stream=f"{request.number}:lender:{lender_try.ordinal}",
        payload=payload if words is None else payload | {"message": words.pk},
        subject=request.number,
        library=request.library_id,
    )


def _tell_bill(act: Act) -> None:
    """The patron gets the bill that the service named as the topic; a lender's invoice is only noted."""
    request, charge = act.subject, act.topics.get("bill")
    if request.patron_id is None or charge is None:
        return
    act.enqueue(
        Parcel(
            kind="notice",
            key=f"{request.number}:bill:{act.id.hex[:16]}",
            stream=f"{request.number}:patron",
            payload={"notice": "bill", "request": request.pk, "about": None, "charge": charge.pk},
            subject=request.number,
            library=request.library_id,
        )
    )


def _key(act: Act, notice: str) -> int | None:
    topic = act.topics.get(notice)
    return None if topic is None else topic.pk


SUBMITTED = tell("submitted", _("the patron gets a confirmation"), proxies=False)
CANCELLED = tell("cancelled", _("the patron is told that it is cancelled"))
UNFILLED = tell("unfilled", _("the patron is told why we could not get it"))
CANCELLED_THEN = tell("cancelled", _("the patron is told when this ends it"), only_in=s.CANCELLED)
UNFILLED_THEN = tell("unfilled", _("the patron is told when it never arrived"), only_in=s.UNFILLED)
READY = tell("ready", _("the patron is told where to pick it up and under which code"))
POSTED = tell("posted", _("the patron is told that it was posted"))
COPY_READY = tell("copy_ready", _("the patron gets the link"), proxies=False)
SUPPLIED = tell("supplied", _("the patron is told where to find it"), proxies=False)
RENEWED = tell("renewed", _("the patron is told the new date"))
NOT_RENEWED = tell("not_renewed", _("the patron is told that the date stays"))
RECALLED = tell("recalled", _("the patron is told to bring it back"))
DUE_CHANGED = tell("due_changed", _("the patron is told the new date"))
DUE_MOVED = tell("due_changed", _("the patron is told the new date where it moved"), unless="same_due")
DUE_SOON = tell("due_soon", _("the patron is reminded"), unless="quiet", reminder=True)
OVERDUE = tell("overdue", _("the patron is told that it is overdue"), unless="quiet", reminder=True)
BILL = Effect("tell_bill", _("the patron gets a bill of ours"), _tell_bill)
STILL_NEEDED = tell(
    "still_needed", _("the patron is asked whether it is still needed"), reminder=True, proxies=False
)
PICKUP_REMINDER = tell("pickup_reminder", _("the patron is reminded that it waits"), reminder=True)
RECALL_REMINDER = tell("recall_reminder", _("the patron is told again to bring it back"), reminder=True)
MESSAGE = tell("message", _("the patron gets the message"), proxies=False)

ASK_LENDER = write_lender("lender_request", _("the lender gets the request"))
REMIND_LENDER = write_lender("lender_reminder", _("the lender gets a reminder"))
CANCEL_AT_LENDER = write_lender("lender_cancel", _("the lender is asked to cancel"))
ACCEPT_AT_LENDER = write_lender("lender_conditions_accepted", _("the lender is told that we agree"))
REFUSE_AT_LENDER = write_lender("lender_conditions_refused", _("the lender is told that we do not agree"))
RENEW_AT_LENDER = write_lender("lender_renewal", _("the lender is asked to renew"))
CLAIM_AT_LENDER = write_lender("lender_claim", _("the lender is told that it has not arrived"))
RESEND_AT_LENDER = write_lender("lender_resend", _("the lender is asked for a better copy"))

RECEIVED_AT_LENDER = report("lender_received", "received", _("the lender's system is told that it arrived"))
RETURNED_AT_LENDER = report(
    "lender_returned", "shipped_return", _("the lender's system is told that it comes back")
)
LOST_AT_LENDER = report("lender_lost", "lost", _("the lender's system is told that it is lost"))
KEPT_AT_LENDER = report(
    "lender_kept", "hold_return", _("the lender's system is told that it cannot go back yet")
)
STATUS_AT_LENDER = report("lender_status", "status_request", _("the lender's system is asked how far it is"))
MESSAGE_TO_LENDER = write_lender("lender_message", _("the lender gets the message"))
FORWARDED_AT_LENDER = report(
    "lender_returned", "shipped_forward", _("the lender's system is told that it went on to another library")
)
