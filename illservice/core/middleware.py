"""What stands around every view: refusals become answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from illservice.core import refusals
from illservice.core.errors import IllError, NotFound


class RefusalMiddleware:
    """Turns an IllError of any view into its answer, and a busy database into 503 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on. Nothing has an address with a NUL in it, which PostgreSQL would not even look for."""
        if "\x00" in request.path:
            return refusals.answer(request, NotFound())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this with what a view raised; None lets anything else go on to be our fault (500)."""
        if isinstance(exception, IllError):
            return refusals.answer(request, exception)
        if isinstance(exception, refusals.BUSY):
            return refusals.busy(request, exception)
        return None
