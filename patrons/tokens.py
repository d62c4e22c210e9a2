"""The signed link in a reminder by which its reader switches reminders off, without signing in (RFC 8058).

It names whom it is for and nothing else; it works as long as the mail is kept, and does only this one thing.
"""

from django.core import signing

from patrons.selectors import Reader

_SALT = "patrons.stop-reminders"
_PATRON, _PROXY = "p", "x"


def token_for(reader: Reader) -> str:
    """The signed part of the link."""
    kind, key = (_PROXY, reader.proxy_id) if reader.proxy_id else (_PATRON, reader.patron_id)
    return signing.Signer(salt=_SALT).sign(f"{kind}{key}")


def reader_of(token: str) -> Reader | None:
    """Whom a link is for; None for one that is not ours."""
    try:
        value = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    key = int(value[1:])
    return Reader(proxy_id=key) if value.startswith(_PROXY) else Reader(patron_id=key)
