"""POST /iso18626: where partners' systems bring their messages."""

import base64

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters
from django.views.decorators.csrf import csrf_exempt

from illservice.core import clock
from illservice.exchange.services.receiving import Answer, receive

XML = 'application/xml; charset="utf-8"'
_TAKEN = frozenset({"application/xml", "text/xml"})


@csrf_exempt  # programs have no session; they sign in with every message
def iso18626(request: HttpRequest) -> HttpResponse:
    """Take one message: 405, 415, 413, 400, 401 in this order, else 200 with a confirmation."""
    if request.method != "POST":
        return _words(405, "send messages with POST", Allow="POST")
    if parse_header_parameters(request.headers.get("Content-Type", ""))[0] not in _TAKEN:
        return _words(415, "messages are application/xml or text/xml")
    limit = settings.ILL_ISO18626_MAX_BYTES
    too_long = f"messages are at most {limit} bytes long"
    if _declared(request) > limit:
        return _words(413, too_long)
    body = _read(request, limit + 1)
    if body is None:
        return _words(400, "the message broke off")
    if len(body) > limit:
        return _words(413, too_long)
    return _response(receive(body, at=clock.now(), credentials=_credentials(request)))


def _declared(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "0")
    return int(length[:12]) if length.isdecimal() else 0


def _read(request: HttpRequest, most: int) -> bytes | None:
    """At most so many bytes of the message; None when it does not come as it was announced.

    Django reads as far as Content-Length says, and so nothing of a message in chunks, which has none: where it ends is
    known to the web server, which says so (`wsgi.input_terminated`).
    """
    in_chunks = "Transfer-Encoding" in request.headers and request.META.get("wsgi.input_terminated")
    try:
        return bytes((request.META["wsgi.input"] if in_chunks else request).read(most))
    except Exception:  # noqa: BLE001 - each web server has its own errors for chunks that are none
        return None


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """User name and password of HTTP Basic (RFC 7617); empty ones when there are none that can be read."""
    scheme, _blank, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:  # no base64, not even ASCII, or no UTF-8 in it
        return "", ""
    return (username, password) if colon else ("", "")


def _response(answer: Answer) -> HttpResponse:
    if answer.is_xml:
        return HttpResponse(answer.body, status=answer.status, content_type=XML)
    challenge = (
        {"WWW-Authenticate": 'Basic realm="ISO 18626", charset="UTF-8"'} if answer.status == 401 else {}
    )
    return _words(answer.status, answer.body.decode(), **challenge)


def _words(status: int, text: str, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=named)
