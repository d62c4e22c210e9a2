"""Policies are rules of a library, not people: what their columns are for."""

from illservice.core.retention import register_harmless


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register_harmless("ill_policies.Policy", "category name selector", "rules of a library")
    register_harmless("ill_policies.PolicyVersion", "made_by terms", "rules, and who of the staff made them")
    register_harmless("ill_policies.PolicyMove", "number act", "requests by number, with dates and versions")
