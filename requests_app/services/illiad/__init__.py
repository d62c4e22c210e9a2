"""Coming from ILLiad: borrowing exports become closed requests with their events.

importer = Importer(library, at=at)
importer.read("export.csv", stream)
importer.report
"""

from requests_app.services.illiad.run import Importer, Rejected, Report

__all__ = ["Importer", "Rejected", "Report"]
