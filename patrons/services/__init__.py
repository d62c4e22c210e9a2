"""What changes patrons: the desk, one at a time, and the institution's file, all at once."""

from patrons.services.importing import ImportReport, import_patrons
from patrons.services.patrons import block_patron, clear_patron, create_patron, unblock_patron, update_patron

__all__ = [
    "ImportReport",
    "block_patron",
    "clear_patron",
    "create_patron",
    "import_patrons",
    "unblock_patron",
    "update_patron",
]
