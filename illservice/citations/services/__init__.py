"""What is done with titles: files and citations bring them, staff mend them, and whoever counts on them is told."""

from illservice.citations.services.changed import holdings_changed, register_holdings_changed
from illservice.citations.services.titles_file import BadTitle
from illservice.citations.services.titles_import import TitlesReport, import_titles
from illservice.citations.services.titles_known import journals_named

__all__ = [
    "BadTitle",
    "TitlesReport",
    "holdings_changed",
    "import_titles",
    "journals_named",
    "register_holdings_changed",
]
