"""Categories and patrons in the master data."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from illservice.accounts.admin import LibraryAdmin, RelatedFilter
from illservice.citations.normalise import search_text
from patrons.models import Patron, PatronCategory


@admin.register(PatronCategory)
class PatronCategoryAdmin(LibraryAdmin):
    """Kinds of patrons and their limits; one that is no longer used is switched off."""

    may_delete = False
    list_display = ("name", "code", "library", "may_loan", "may_copy", "is_active")
    list_filter = (("library", RelatedFilter), "is_active")
    list_select_related = ("library",)
    search_fields = ("name", "code")


@admin.register(Patron)
class PatronAdmin(LibraryAdmin):
    """Patrons. Nobody is deleted here: erasing a person is a work of its own."""

    may_delete = False
    list_display = ("name", "barcode", "category", "library", "expires_on", "is_blocked", "cleared_at")
    list_filter = (("library", RelatedFilter), ("category", RelatedFilter), "is_blocked")
    list_select_related = ("category", "library")
    search_fields = ("search_text",)
    autocomplete_fields = ("category", "home_branch", "user")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without those who were erased: there is nothing to see of them."""
        return super().get_queryset(request).filter(erased_at__isnull=True)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search as the desk does: without accents and punctuation."""
        return super().get_search_results(request, queryset, search_text(search_term))
