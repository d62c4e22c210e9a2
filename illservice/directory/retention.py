"""The directory holds libraries, not people: what its columns are for, so that a new one is looked at."""

from illservice.core.retention import register_harmless

_PUBLIC = "how a library is known and reached: public facts and offices, not people"


def register_retention() -> None:
    """Make it known. Called once, when the app is ready."""
    register_harmless("ill_directory.LegalEntity", "name jurisdiction", _PUBLIC)
    register_harmless(
        "ill_directory.Library",
        "name slug timezone language currency email phone address website closed_weekdays patron_payment"
        " partner_payment",
        _PUBLIC,
    )
    register_harmless("ill_directory.Symbol", "value", _PUBLIC)
    register_harmless("ill_directory.Branch", "code name email address opening_hours", _PUBLIC)
    register_harmless("ill_directory.ClosedDay", "name", _PUBLIC)
    register_harmless("ill_directory.Partnership", "email phone return_address cost_note note", _PUBLIC)
    register_harmless("ill_directory.Reason", "code staff_text patron_text iso_code", "texts of a library")
    register_harmless("ill_directory.Agreement", "code name", "between libraries")
    register_harmless("ill_directory.Calendar", "country region", _PUBLIC)
    register_harmless(
        "ill_directory.Vacation",
        "made_by patron_words partner_words",
        "texts of a library, and who of its staff",
    )
