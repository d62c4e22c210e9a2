"""Which text on copyright a library's patrons accept, and the texts that were accepted."""

from illservice.directory.models import Library
from requests_app.copyright import rules_for
from requests_app.copyright.declarations import Declaration
from requests_app.models import BorrowingRequest, CopyrightAcceptance, CopyrightText, SignedDeclaration


def jurisdiction_of(library: Library) -> str:
    """The country of law that binds a library (ISO 3166); empty when no legal entity is named."""
    return library.entity.jurisdiction.strip().upper() if library.entity else ""


def declaration_of(library: Library) -> Declaration:
    """The warning or declaration that is accepted with a request for a copy now. Needs the library's entity."""
    return rules_for(jurisdiction_of(library)).declaration


def acceptance_of(request: BorrowingRequest) -> CopyrightAcceptance | None:
    """What was accepted for a request, if anything was; a query only when it was not read along."""
    found: CopyrightAcceptance | None = getattr(request, "acceptance", None)
    return found


def signature_of(acceptance: CopyrightAcceptance) -> SignedDeclaration | None:
    """The signed declaration behind an acceptance, while it hangs on its request."""
    found: SignedDeclaration | None = getattr(acceptance, "signed", None)
    return found


def texts_of(version: str) -> list[CopyrightText]:
    """Every wording that was accepted under a version, oldest first."""
    return list(CopyrightText.objects.filter(version=version).order_by("id"))
