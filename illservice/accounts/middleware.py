"""Who asks, and in which language the answer is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from illservice.accounts import gateway

Answer = Callable[[HttpRequest], HttpResponseBase]


class TrustedHeaderMiddleware:
    """Signs people in by the header that ILL_TRUSTED_HEADER names; does nothing when there is none."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign in first, then answer."""
        if settings.ILL_TRUSTED_HEADER:
            gateway.apply(request)
        return self.get_response(request)


class LanguageMiddleware:
    """Answers in the language that the signed-in person chose; nobody else's request is touched."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the language, then answer."""
        language = getattr(request.user, "language", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)
