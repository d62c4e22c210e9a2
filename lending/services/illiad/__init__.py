"""Coming from ILLiad: lending exports become requests of other libraries, and what is open goes on here."""

from lending.services.illiad.places import LENDING, STATUSES
from lending.services.illiad.side import Importer

__all__ = ["LENDING", "STATUSES", "Importer"]
