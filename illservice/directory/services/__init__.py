"""What a desk changes about its partners, and what comes over from another system (`illiad`)."""

from illservice.directory.services.partners import (
    add_partner,
    change_partner_address,
    may_change_partners,
    set_standing,
)

__all__ = ["add_partner", "change_partner_address", "may_change_partners", "set_standing"]
