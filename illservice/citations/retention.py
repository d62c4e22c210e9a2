"""Journals and licences say what is published, not who reads it: what their columns are for."""

from illservice.core.retention import register_harmless

_PUBLISHED = "what is published and licensed"


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register_harmless("ill_citations.Journal", "publisher sort title title_key", _PUBLISHED)
    register_harmless("ill_citations.JournalIssn", "value", _PUBLISHED)
    register_harmless("ill_citations.LicenceTerms", "name note", _PUBLISHED)
    register_harmless("ill_citations.Subscription", "covers_key first_volume last_volume source", _PUBLISHED)
