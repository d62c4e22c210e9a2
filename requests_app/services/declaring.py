"""The declaration on copyright that comes with a request for a copy (37 CFR 201.14; CDPA s. 42A; and others).

Checked before anything is written, stored with the request; the words are kept as they were shown.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from illservice.core.actors import Actor, ActorKind
from illservice.core.clock import local_date
from illservice.core.errors import InvalidInput, Refused
from illservice.core.fitting import refuse_unfit
from illservice.directory.models import Library
from requests_app.copyright.declarations import Declaration
from requests_app.models import (
    BorrowingRequest,
    CopyrightAcceptance,
    CopyrightText,
    How,
    SignedDeclaration,
)
from requests_app.selectors.declarations import acceptance_of, declaration_of, jurisdiction_of
from requests_app.services.base import acting
from requests_app.services.copyright.deciding import decide_copyright

ENGLISH = "en"
_WAYS = {
    ActorKind.PATRON: {How.WEB},
    ActorKind.TOKEN: {How.API},
    ActorKind.STAFF: {How.PAPER, How.PHONE, How.API},
}
"""How each of them can have learned of it. Whoever is not named here (an import) is believed."""


@dataclass(frozen=True, slots=True)
class Declared:
    """That somebody accepted the text of this `version`, read in `language`.

    `signature` and `signed_on` only where the law wants a signed declaration; without a day it is today.
    """

    version: str
    how: str = How.WEB
    language: str = ENGLISH
    signature: str = ""
    signed_on: date | None = None


def refuse_undeclared(
    declared: Declared | None, library: Library, actor: Actor, at: datetime
) -> Declared | None:
    """What was declared, given back; InvalidInput unless it is the present text, accepted in a way that counts.

    A program that names no text keeps its own form: nothing is on file then, unless the law wants a signature.
    """
    declaration = declaration_of(library)
    if declared is None or not declared.version:
        by_program = declared is not None and declared.how == How.API and actor.kind != ActorKind.PATRON
        if by_program and not declaration.is_signed:
            return None
        words = _("A copy needs the text on copyright to be accepted. Its version is %(version)s.")
        raise InvalidInput({"accepts_copyright": words % {"version": declaration.version}})
    if declared.version != declaration.version:
        words = _("The text on copyright has changed. Its version now is %(version)s.")
        raise InvalidInput({"accepts_copyright": words % {"version": declaration.version}})
    if declared.how not in _WAYS.get(actor.kind, set(How)):
        raise InvalidInput({"declared_how": _("Choose how it was declared.")})
    if declaration.is_signed:
        _refuse_unsigned(declared, local_date(at, library.timezone))
    return declared


def _refuse_unsigned(declared: Declared, today: date) -> None:
    if declared.how == How.PHONE:
        raise InvalidInput({"declared_how": _("The law wants this declaration in writing.")})
    if not declared.signature.strip():
        raise InvalidInput({"signature": _("The law wants this declaration signed: give the full name.")})
    if declared.signed_on is not None and declared.signed_on > today:
        raise InvalidInput({"signed_on": _("This day has not come yet.")})


def keep_declared(request: BorrowingRequest, declared: Declared, at: datetime) -> None:
    """Store what was accepted for a request that was just written; the declaration is that of its library."""
    declaration = declaration_of(request.library)
    text = _text_of(declaration, jurisdiction_of(request.library), declared.language)
    acceptance = CopyrightAcceptance.objects.create(request=request, text=text, how=declared.how, at=at)
    if not declaration.is_signed:
        return
    today = local_date(at, request.library.timezone)
    signed = SignedDeclaration(
        library=request.library,
        acceptance=acceptance,
        text=text,
        signature=declared.signature.strip(),
        signed_on=declared.signed_on or today,
        material=_material(request),
        keep_until=date(today.year + (declaration.keep_years or 0), 12, 31),
    )
    refuse_unfit(signed)
    signed.save(force_insert=True)


def note_declaration(
    *,
    request_id: int,
    signature: str,
    actor: Actor,
    at: datetime,
    signed_on: date | None = None,
    language: str = ENGLISH,
    version: int | None = None,
) -> None:
    """What a patron signed on paper for a request that came without it, such as a loan that became a copy; copyright is
    decided anew. Refused (`declared`) when one is on file.
    """
    with acting("note_declaration", request_id=request_id, actor=actor, at=at, version=version) as act:
        request: BorrowingRequest = act.subject
        if acceptance_of(request) is not None:
            raise Refused(_("A declaration is on file."), code="declared", action=act.action)
        known = declaration_of(request.library).version
        declared = Declared(known, How.PAPER, language, signature, signed_on)
        refuse_undeclared(declared, request.library, actor, at)
        keep_declared(request, declared, at)
        decide_copyright(act)


def _text_of(declaration: Declaration, jurisdiction: str, language: str) -> CopyrightText:
    """The kept words of a declaration as somebody read them; the same words are kept once."""
    language = language[:10] or ENGLISH
    with translation.override(language):
        words = declaration.shown
    kept, _new = CopyrightText.objects.get_or_create(
        version=declaration.version,
        jurisdiction=jurisdiction,
        language=language,
        digest=sha256(words.encode()).hexdigest(),
        defaults={"text": words},
    )
    return kept


def _material(request: BorrowingRequest) -> str:
    """What was asked for, in one line, so that the declaration can be read without the request."""
    names = ("author", "article_title", "title", "volume", "issue", "date", "pages")
    return ", ".join(str(getattr(request, name)) for name in names if getattr(request, name))
