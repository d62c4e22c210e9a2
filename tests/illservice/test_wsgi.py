"""What a web server hands over reaches a door of ours, however odd its headers are."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from illservice.wsgi import application

pytestmark = pytest.mark.django_db

UNREADABLE = ["charset*=x''%", "charset*=bogus''utf-8", "a*=b''c", "charset*=utf-8''%00", "a*=idna=''b"]


def post(content_type: str) -> int:
    """The status of the answer to a message that is no XML."""
    seen: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
        seen.append(status)
        return lambda _bytes: None

    body = b"none"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/iso18626", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": content_type,
    }  # fmt: skip
    application(environ, start)
    return int(seen[0].split()[0])


@pytest.mark.parametrize("parameter", UNREADABLE)
@pytest.mark.parametrize(("media_type", "status"), [("text/xml", 400), ("application/json", 415)])
def test_parameters_that_cannot_be_read_do_not_hide_the_type(
    media_type: str, status: int, parameter: str
) -> None:
    """The contract of /iso18626 holds: the type decides, and the message is looked at."""
    assert post(f"{media_type}; {parameter}") == status


@pytest.mark.parametrize("parameter", ["", "charset=utf-8", "charset=bogus", ";;", 'charset="utf'])
def test_other_parameters_are_left_to_django(parameter: str) -> None:
    """Also those that are merely unknown."""
    assert post(f"text/xml; {parameter}") == 400
