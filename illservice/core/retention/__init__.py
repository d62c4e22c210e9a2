"""What is held about people: each kind names its eraser, its delay and its reason, and lives beside its table.

An app says in its `retention.py` what it holds and registers it in `apps.py`; services ask here what must go, what a
person may be told, and what keeps somebody from being erased. A test finds columns that nobody has spoken for.
"""

from illservice.core.retention.blackening import BLACK, blacken
from illservice.core.retention.own import RETIME
from illservice.core.retention.registry import (
    Case,
    Harmless,
    Held,
    Keep,
    Line,
    Occasion,
    Person,
    Told,
    all_harmless,
    all_held,
    erase,
    finish_cases,
    numbers_of,
    reasons_against,
    register,
    register_cases,
    register_charges,
    register_dates,
    register_harmless,
    register_reasons,
    told_to,
    was_charged,
)

__all__ = [
    "BLACK",
    "RETIME",
    "Case",
    "Harmless",
    "Held",
    "Keep",
    "Line",
    "Occasion",
    "Person",
    "Told",
    "all_harmless",
    "all_held",
    "blacken",
    "erase",
    "finish_cases",
    "numbers_of",
    "reasons_against",
    "register",
    "register_cases",
    "register_charges",
    "register_dates",
    "register_harmless",
    "register_reasons",
    "told_to",
    "was_charged",
]
