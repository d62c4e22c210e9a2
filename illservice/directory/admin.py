"""Libraries, branches, calendars, partners and reasons in the master data."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from illservice.accounts.admin import (
    LibraryAdmin,
    LibraryInline,
    RelatedFilter,
    SameLibraryForm,
    is_operator,
    others_too,
    own_libraries,
)
from illservice.citations.models import Journal, JournalIssn, TitleLink
from illservice.directory.models import (
    Agreement,
    Branch,
    ClosedDay,
    LegalEntity,
    Library,
    Partnership,
    Reason,
    Symbol,
)
from illservice.protocols.identifiers import normalise_issn

OWN_LIBRARY = ("library", RelatedFilter)


class SymbolInline(LibraryInline):
    """Names of a library."""

    model = Symbol


@admin.register(LegalEntity)
class LegalEntityAdmin(LibraryAdmin):
    """Bodies that the law knows: operators only."""

    library_lookup = ""
    list_display = ("name", "jurisdiction")
    search_fields = ("name",)


@admin.register(Library)
class LibraryPage(LibraryAdmin):
    """Administrators change the own library, and partners outside that no neighbour knows."""

    library_lookup = "pk"
    may_delete = False
    inlines = (SymbolInline,)
    list_display = ("name", "slug", "is_tenant", "is_active", "timezone", "email")
    list_filter = ("is_tenant", "is_active")
    search_fields = ("name", "slug", "symbols__value")
    operator_fields = ("is_tenant", "entity")

    def visible(self, found: QuerySet[Library], libraries: frozenset[int]) -> QuerySet[Library]:
        """The own libraries and the partners outside, not the neighbours in this deployment."""
        return found.filter(Q(pk__in=libraries) | Q(is_tenant=False))

    def may_change(self, request: HttpRequest, obj: Library) -> bool:
        """A partner that a neighbour knows too is shared."""
        libraries = own_libraries(request)
        return obj.pk in libraries or not others_too(obj, libraries | {obj.pk})

    def get_readonly_fields(self, request: HttpRequest, obj: Library | None = None) -> Any:
        """The short name stands in addresses that people have kept."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None or is_operator(request) else (*fields, "slug")


@admin.register(Symbol)
class SymbolAdmin(LibraryAdmin):
    """Names of the own library."""

    list_display = ("value", "scheme", "library")
    list_filter = ("scheme", OWN_LIBRARY)
    list_select_related = ("library",)
    search_fields = ("value",)


@admin.register(Branch)
class BranchAdmin(LibraryAdmin):
    """Places where items are handed out; one that closes is switched off."""

    may_delete = False
    list_display = ("name", "code", "library", "is_main", "is_pickup", "is_active")
    list_filter = (OWN_LIBRARY, "is_active", "is_pickup")
    list_select_related = ("library",)
    search_fields = ("name", "code")


@admin.register(ClosedDay)
class ClosedDayAdmin(LibraryAdmin):
    """Days on which a library is closed; the page Calendar is the easier way to them."""

    list_display = ("date", "until", "name", "source", "counts", "library")
    list_filter = (OWN_LIBRARY, "source")
    list_select_related = ("library",)
    date_hierarchy = "date"


@admin.register(Agreement)
class AgreementAdmin(LibraryAdmin):
    """Groups of partners with the same terms; a partner's page says to which one it belongs."""

    list_display = ("name", "code", "library")
    list_filter = (OWN_LIBRARY,)
    list_select_related = ("library",)
    search_fields = ("name", "code")


@admin.register(Partnership)
class PartnershipAdmin(LibraryAdmin):
    """What a library knows of its partners."""

    list_display = ("partner", "library", "agreement", "system", "email", "is_active")
    list_filter = (OWN_LIBRARY, "system", "is_active")
    list_select_related = ("partner", "library", "agreement")
    search_fields = ("partner__name", "partner__symbols__value", "email")
    autocomplete_fields = ("partner",)


@admin.register(Reason)
class ReasonAdmin(LibraryAdmin):
    """Reasons with their words. Those without a library are everybody's and kept by operators."""

    may_delete = False
    list_display = ("staff_text", "purpose", "code", "library", "is_active", "position")
    list_filter = (OWN_LIBRARY, "purpose", "is_active")
    list_select_related = ("library",)
    search_fields = ("staff_text", "code")


class IssnForm(SameLibraryForm):
    """An ISSN as somebody types it; only its normal form is kept."""

    class Meta:
        model = JournalIssn
        fields = ("value", "kind", "is_linking")

    value = forms.CharField(label="ISSN", max_length=30)

    def clean_value(self) -> str:
        """The check digit must fit: counting rests on it."""
        found = normalise_issn(self.cleaned_data["value"])
        if found is None:
            raise forms.ValidationError(_("This is no ISSN: its check digit does not fit."))
        return found


class IssnInline(LibraryInline):
    """The ISSNs of a journal."""

    model = JournalIssn
    form = IssnForm


@admin.register(Journal)
class JournalAdmin(LibraryAdmin):
    """Journals are shared by all libraries here; staff change them on pages of their own, operators here as well."""

    library_lookup = ""
    may_delete = False
    inlines = (IssnInline,)
    list_display = ("title", "publisher")
    search_fields = ("title_key", "issns__value")

    def save_model(self, request: HttpRequest, obj: Journal, form: Any, change: bool) -> None:
        """What it is found by follows its title."""
        obj.set_title(obj.title)
        super().save_model(request, obj, form, change)
        if change:
            obj.save(update_fields=["title_key"])


@admin.register(TitleLink)
class TitleLinkAdmin(LibraryAdmin):
    """Title changes: whether two journals count as one decides for all libraries here."""

    library_lookup = ""
    list_display = ("earlier", "later", "changed_on", "count_together")
    list_select_related = ("earlier", "later")
    autocomplete_fields = ("earlier", "later")
