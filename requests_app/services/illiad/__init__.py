"""Coming from ILLiad: borrowing exports become requests with their events, and what is open goes on here.

importer = Importer(library, at=at)
importer.read("export.csv", stream)
importer.report
"""

from requests_app.services.illiad.places import BORROWING, STATUSES
from requests_app.services.illiad.side import Importer

__all__ = ["BORROWING", "STATUSES", "Importer"]
