"""Sessions in the cache (decision 0006), for which a cache that is away is no reason to sign anybody out."""

import logging
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import cache
from django.core.cache import caches
from redis.exceptions import ConnectionError as CacheConnectionError
from redis.exceptions import TimeoutError as CacheTimeoutError

logger = logging.getLogger(__name__)


class SessionStore(cache.SessionStore):
    """Django's store takes every failure for a session that is gone, and the answer would delete the cookie."""

    def load(self) -> dict[str, Any]:
        """The session; a cache that cannot be reached is an error, which becomes 503 with Retry-After."""
        kept: dict[str, Any] | None = None
        try:
            kept = caches[settings.SESSION_CACHE_ALIAS].get(self.cache_key)
        except (CacheConnectionError, CacheTimeoutError):
            raise
        except Exception:
            logger.exception("a session could not be read")
        if kept is None:
            self._session_key = None
        return kept or {}
