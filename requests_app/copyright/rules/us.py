"""United States: 17 USC 108 and the CONTU guidelines, asked in the order D1 to D13 (standards §1.5)."""

from dataclasses import replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from illservice.citations.copyright import Statement, Unavailable
from requests_app.copyright.decision import (
    OVER_LIMIT,
    OVER_LIMIT_OF_WORK,
    Decision,
    Flag,
    Outcome,
    WayOut,
    cleared,
    review,
)
from requests_app.copyright.declarations import Declaration
from requests_app.copyright.facts import EXCLUDED, CopyrightFacts, Settings, Work
from requests_app.copyright.holdings import Holding
from requests_app.copyright.rules.base import FIRST, RuleSet
from requests_app.copyright.window import WindowMode, first_recent_year, is_recent

_LAW: Final = (
    "The copyright law of the United States (Title 17, United States Code) governs the making of photocopies or other "
    "reproductions of copyrighted material."
)
_CONDITIONS: Final = (
    "Under certain conditions specified in the law, libraries and archives are authorized to furnish a photocopy or "
    "other reproduction. One of these specified conditions is that the photocopy or reproduction is not to be "
    '"used for any purpose other than private study, scholarship, or research." If a user makes a request for, or '
    "later uses, a photocopy or reproduction for purposes in excess of "
    '"fair use," that user may be liable for copyright infringement.'
)
_RESERVED: Final = (
    "This institution reserves the right to refuse to accept a copying order if, in its judgment, fulfillment of the "
    "order would involve violation of copyright law."
)
WARNING: Final = (_LAW, _CONDITIONS, _RESERVED)
"""The order warning of 37 CFR 201.14, word for word as the regulation demands it."""

DECLARATION: Final = Declaration(
    version="37-CFR-201.14/1",
    heading=("NOTICE", "WARNING CONCERNING COPYRIGHT RESTRICTIONS"),
    paragraphs=WARNING,
    accept=_("I have read this and will use the copy only for private study, scholarship or research."),
    is_verbatim=True,
)


def _is_periodical(facts: CopyrightFacts, settings: Settings) -> bool:
    """S17: a newspaper is a periodical unless the library settled otherwise."""
    if facts.work is Work.NEWSPAPER:
        return settings.newspaper_is_periodical
    return facts.work is Work.PERIODICAL


def _recent(facts: CopyrightFacts, settings: Settings) -> bool | None:
    return is_recent(facts.published, facts.requested, settings.contu_window_mode)


def excluded_format(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """D4, 17 USC 108(i): music, graphic works, films and sound are outside of 108(d) and (e)."""
    if facts.material not in EXCLUDED:
        return None
    return review(
        "D4", _("The law does not let libraries copy this kind of work for a reader (17 USC 108(i)).")
    )


def whole_work(facts: CopyrightFacts, _settings: Settings) -> Decision | None:
    """D5, 17 USC 108(e): all or most of a work only after an investigation that none is sold at a fair price."""
    if not facts.whole_work:
        return None
    if facts.fair_price_checked:
        return cleared(
            "D5", Statement.CCL, _("A whole work, found not to be sold at a fair price (17 USC 108(e)).")
        )
    return review(
        "D5",
        _("A whole work: find out first whether a copy can be bought at a fair price (17 USC 108(e))."),
    )


def own_subscription(facts: CopyrightFacts, settings: Settings) -> Decision | None:
    """D6, CONTU 2(a): subscribed or ordered before the request, and not reasonably available to us."""
    if not _is_periodical(facts, settings):
        return None
    for holding in facts.holdings:
        why = _unavailable(holding, facts, settings)
        if why:
            words = _("We subscribe to it and cannot use our own copy (%(why)s): CONTU 2(a).")
            return cleared("D6", Statement.CCL, words, why=why.label)
    if facts.unusable and any(_is_readable(each, facts) for each in facts.holdings):
        words = _("We subscribe to it, and staff found that our own copy cannot be used: CONTU 2(a).")
        return cleared("D6", Statement.CCL, words)
    return None


def _unavailable(holding: Holding, facts: CopyrightFacts, settings: Settings) -> Unavailable:
    """Why a holding that makes this ours cannot be used; NO when it makes it not ours, or can be used."""
    if not holding.in_force(facts.requested) or not holding.covers(facts.published, facts.volume):
        return Unavailable.NO
    if holding.within_embargo(facts.published, facts.requested):
        embargoed = holding.is_aggregator and settings.aggregator_embargo_counts_as_subscription
        return Unavailable.NOT_YET if embargoed else Unavailable.NO
    return holding.why_unavailable(facts.requested)


def old_article(facts: CopyrightFacts, settings: Settings) -> Decision | None:
    """D7, CONTU 1(a) second sentence: issues older than five years are outside of the guidelines."""
    if not _is_periodical(facts, settings) or _recent(facts, settings) is not False:
        return None
    mode = settings.contu_window_mode
    first = first_recent_year(facts.requested, mode)
    words = _("Published more than five years before the request: CONTU 1(a).")
    if first is not None:
        words = _(
            "Published before %(first)s, the first year that this library counts as recent: CONTU 1(a)."
        )
    return replace(cleared("D7", Statement.CCL, words, first=first), mode=mode)


def recent_article(facts: CopyrightFacts, settings: Settings) -> Decision | None:
    """D8 and D9, CONTU 1(a): up to the limit of copies from one periodical in a calendar year, else the queue."""
    if not _is_periodical(facts, settings) or not _recent(facts, settings) or not facts.work_key:
        return None
    if _within_limit(facts, settings):
        words = _("Recent, and number %(number)s of %(limit)s from this journal this year: CONTU 1(a).")
        return _counted("D8", Statement.CCG, facts, settings, words)
    words = _(
        "Recent, and %(count)s copies from this journal count this year already, the limit is %(limit)s."
    )
    return _over("D9", facts, settings, words, OVER_LIMIT)


def own_work(facts: CopyrightFacts, settings: Settings) -> Decision | None:
    """D10, CONTU 2(b): a copy is in the collection, or an order for one was entered."""
    if _is_periodical(facts, settings) or not facts.owned_or_ordered:
        return None
    return cleared("D10", Statement.CCL, _("We own or have ordered this work: CONTU 2(b)."))


def part_of_work(facts: CopyrightFacts, settings: Settings) -> Decision | None:
    """D11 and D12, CONTU 1(b): up to the limit of copies from one work in a calendar year, however old it is."""
    if _is_periodical(facts, settings):
        return None
    if not settings.chapter_rule_enabled:
        return cleared("D11", settings.chapter_statement, _("A small part of a work: 17 USC 108(d)."))
    if not facts.work_key:
        return None
    if _within_limit(facts, settings):
        words = _("A part of a work, number %(number)s of %(limit)s this year: CONTU 1(b).")
        return _counted("D11", settings.chapter_statement, facts, settings, words)
    words = _("%(count)s copies from this work count this year already, the limit is %(limit)s: CONTU 1(b).")
    return _over("D12", facts, settings, words, OVER_LIMIT_OF_WORK)


def undecided(facts: CopyrightFacts, settings: Settings) -> Decision:
    """D13: the date or the journal is not known, so staff decide."""
    if _is_periodical(facts, settings) and _recent(facts, settings) is None:
        return review("D13", _("When it was published cannot be read from the request."))
    return review("D13", _("Which journal or work this is cannot be told from the request."))


def _within_limit(facts: CopyrightFacts, settings: Settings) -> bool:
    """CONTU speaks of six or more copies: this request must not bring the total above the limit."""
    return not settings.contu_enabled or facts.count + facts.copies <= settings.contu_limit


def _counted(
    rule: str, statement: Statement, facts: CopyrightFacts, settings: Settings, words: Promise
) -> Decision:
    limit = settings.contu_limit if settings.contu_enabled else None
    return Decision(
        rule=rule,
        outcome=Outcome.CLEARED,
        statement=statement,
        adds=facts.copies,
        count=facts.count,
        limit=limit,
        mode=_mode(rule, settings),
        words=words if limit is not None else _UNLIMITED,
        details={"number": facts.count + facts.copies, "limit": limit},
    )


def _over(
    rule: str, facts: CopyrightFacts, settings: Settings, words: Promise, ways_out: tuple[WayOut, ...]
) -> Decision:
    return Decision(
        rule=rule,
        outcome=Outcome.LIMIT,
        count=facts.count,
        limit=settings.contu_limit,
        mode=_mode(rule, settings),
        ways_out=ways_out,
        words=words,
        details={"count": facts.count, "limit": settings.contu_limit},
    )


_UNLIMITED = _("Counted; this library has switched the limit off.")


def _mode(rule: str, settings: Settings) -> WindowMode | str:
    """CONTU 1(b) knows no window."""
    return settings.contu_window_mode if rule in {"D8", "D9"} else ""


def flags(facts: CopyrightFacts, settings: Settings) -> tuple[Flag, ...]:
    """What staff should see: 108(d) one article of an issue, 108(g)(1) concerted copying, held by ourselves."""
    periodical = _is_periodical(facts, settings)
    is_set = {
        Flag.SAME_ISSUE: periodical and facts.articles_of_issue > 1,
        Flag.CONCERTED: facts.asked_by_others,
        Flag.HELD_HERE: periodical
        and not facts.unusable
        and any(_is_readable(each, facts) for each in facts.holdings),
        Flag.CHAPTERS: not periodical and facts.copies > 1,
    }
    return tuple(flag for flag, applies in is_set.items() if applies)


def _is_readable(holding: Holding, facts: CopyrightFacts) -> bool:
    """Whether it is ours through this holding, and nothing is entered there that stands against using it."""
    return (
        holding.in_force(facts.requested)
        and holding.covers(facts.published, facts.volume)
        and not holding.within_embargo(facts.published, facts.requested)
        and not holding.why_unavailable(facts.requested)
    )


RULES: Final = RuleSet(
    code="US",
    name=_("United States: 17 USC 108 and the CONTU guidelines"),
    rules=(
        *FIRST,
        excluded_format,
        whole_work,
        own_subscription,
        old_article,
        recent_article,
        own_work,
        part_of_work,
        undecided,
    ),
    flags=flags,
    declaration=DECLARATION,
)
