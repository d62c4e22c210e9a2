"""What can happen to a document."""

from illservice.documents.services.attaching import attach_file, attach_link, remove
from illservice.documents.services.checking import check, needs_look
from illservice.documents.services.fetching import Fetched, fetch, look
from illservice.documents.services.links import address_of, end_link, make_link, token_of
from illservice.documents.services.purging import purge, purge_expired, wipe
from illservice.documents.services.releasing import release, withdraw
from illservice.documents.services.storage import StoredFile, store_upload

__all__ = [
    "Fetched",
    "StoredFile",
    "address_of",
    "attach_file",
    "attach_link",
    "check",
    "end_link",
    "fetch",
    "look",
    "make_link",
    "needs_look",
    "purge",
    "purge_expired",
    "release",
    "remove",
    "store_upload",
    "token_of",
    "wipe",
    "withdraw",
]
