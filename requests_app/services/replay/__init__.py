"""A year of somebody's requests decided again by our rules, beside what the library's staff said. Writes nothing."""

from requests_app.services.replay.deciding import replay
from requests_app.services.replay.reading import NoExport, ReplayRow, read_export
from requests_app.services.replay.report import Replay

__all__ = ["NoExport", "Replay", "ReplayRow", "read_export", "replay"]
