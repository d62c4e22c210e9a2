"""What a library has settled about copyright, as the pure rules take it."""

from illservice.citations.copyright import Statement
from illservice.directory.models import Library
from requests_app.copyright import Settings, WindowMode
from requests_app.copyright.facts import YearBasis
from requests_app.models import CopyrightRules


def copyright_rules(library: Library) -> CopyrightRules:
    """The library's rules; the defaults, not saved, where it made none."""
    return CopyrightRules.objects.filter(library=library).first() or CopyrightRules(library=library)


def settings_of(rules: CopyrightRules, library: Library) -> Settings:
    """The same for the rules of copyright."""
    return Settings(
        contu_enabled=rules.contu_enabled,
        contu_limit=rules.contu_limit,
        contu_window_mode=WindowMode(rules.contu_window_mode),
        contu_count_year_basis=YearBasis(rules.contu_count_year_basis),
        contu_reserve_pending=rules.contu_reserve_pending,
        contu_count_royalty_paid=rules.contu_count_royalty_paid,
        chapter_rule_enabled=rules.chapter_rule_enabled,
        chapter_statement=Statement(rules.chapter_statement),
        newspaper_is_periodical=rules.newspaper_is_periodical,
        aggregator_embargo_counts_as_subscription=rules.aggregator_embargo_counts_as_subscription,
        timezone=library.timezone,
    )
