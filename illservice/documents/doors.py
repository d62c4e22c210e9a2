"""What stands before every upload: no request brings more than a document may have."""

from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from illservice.documents.services.storage import most_bytes

_too_large: WeakKeyDictionary[HttpRequest, bool] = WeakKeyDictionary()


class UploadLimit(FileUploadHandler):
    """First of FILE_UPLOAD_HANDLERS: from the byte that is too many on, nothing of a request's files is kept.

    What still comes is read and dropped, since a browser reads the answer only after it sent everything; the other
    fields arrive, so that the form can say what is wrong (`was_too_large`).
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the piece on to the handlers that keep it, while there is room."""
        self._taken += len(raw_data)
        if self._taken > most_bytes():
            self._refuse()
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Another handler makes the file."""
        return None

    def _refuse(self) -> NoReturn:
        if self.request is not None:
            _too_large[self.request] = True
        raise SkipFile


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was dropped because it is too large."""
    len(request.FILES)  # reads the request, unless that was done
    return _too_large.get(request, False)
