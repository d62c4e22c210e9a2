"""The door for a WSGI server."""

import codecs
import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "illservice.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Hand a request to Django. Parameters of a Content-Type that nobody can read (RFC 2231 §4) are left out.

    Django reads them before any middleware, where it can only fail: the type alone lets each door give its own answer.
    """
    content_type = environ.get("CONTENT_TYPE") or ""
    if not _is_readable(content_type):
        environ["CONTENT_TYPE"] = content_type.partition(";")[0]
    return _django(environ, start_response)


def _is_readable(content_type: str) -> bool:
    """Whether Django gets through it: an unknown charset is passed by, one that cannot be looked up is not."""
    try:
        codecs.lookup(parse_header_parameters(content_type)[1].get("charset", "utf-8"))
    except LookupError:
        return True
    except ValueError:
        return False
    return True
