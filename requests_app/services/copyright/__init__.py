"""The copyright of copies that we ask for: decided as they come in, cleared by staff, counted without gaps."""

from requests_app.services.copyright.rechecking import recheck, reevaluate

__all__ = ["recheck", "reevaluate"]
