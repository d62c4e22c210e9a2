"""docs/privacy.md says what the code holds."""

from illservice.core.retention import all_held
from illservice.management.commands.print_privacy import PAGE, with_register
from tests.architecture.source import ROOT


def test_the_register_of_processing_is_that_of_the_code() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert with_register(text) == text, "run ./ill print_privacy"
    for held in all_held():
        assert str(held.label) in text
