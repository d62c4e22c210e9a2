"""What a library changes about its partners and its calendar, and what comes over from another system (`illiad`)."""

from illservice.directory.services.partners import (
    add_partner,
    change_partner_address,
    may_change_partners,
    set_standing,
)
from illservice.directory.services.suspensions import end_suspensions

__all__ = ["add_partner", "change_partner_address", "end_suspensions", "may_change_partners", "set_standing"]
