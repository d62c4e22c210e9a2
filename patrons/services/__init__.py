"""What changes patrons: the desk, one at a time, and the institution's file, all at once."""

from patrons.services.erasing import Erased, erase_person, person_of
from patrons.services.importing import ImportReport, import_patrons
from patrons.services.patrons import (
    block_patron,
    clear_patron,
    create_patron,
    end_blocks,
    unblock_patron,
    update_patron,
)
from patrons.services.privacy import choose_history, set_privacy_rules
from patrons.services.telling import Named, Wish, choose_notices, name_proxy, remove_proxy, set_reminders

__all__ = [
    "Erased",
    "ImportReport",
    "Named",
    "Wish",
    "block_patron",
    "choose_history",
    "choose_notices",
    "clear_patron",
    "create_patron",
    "end_blocks",
    "erase_person",
    "import_patrons",
    "name_proxy",
    "person_of",
    "remove_proxy",
    "set_privacy_rules",
    "set_reminders",
    "unblock_patron",
    "update_patron",
]
