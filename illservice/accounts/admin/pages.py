"""Pages of the master data about who may do what."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from illservice.accounts.admin.base import (
    LibraryAdmin,
    LibraryInline,
    RelatedFilter,
    hanging_on_own,
    is_operator,
    others_too,
    own_libraries,
)
from illservice.accounts.models import ApiToken, Membership, User
from illservice.accounts.tokens import digest_of, new_key
from illservice.core.models import AuditEntry

if TYPE_CHECKING:
    _UserAdmin = UserAdmin[User]
else:
    _UserAdmin = UserAdmin

admin.site.unregister(Group)  # rights come from memberships


class MembershipInline(LibraryInline):
    """What somebody is in the libraries one administers."""

    model = Membership
    fields = ("library", "role", "branches")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Memberships elsewhere are not shown."""
        found: QuerySet[Membership] = super().get_queryset(request)
        return found if is_operator(request) else found.filter(library__in=own_libraries(request))

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An account that an administrator makes belongs to a library from the start, or nobody would see it."""
        return 1 if self._is_needed(request, obj) else 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Insist on that membership."""
        return super().get_formset(request, obj, validate_min=self._is_needed(request, obj), **kwargs)

    def _is_needed(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None and not is_operator(request)


@admin.register(User)
class PersonAdmin(LibraryAdmin, _UserAdmin):
    """Accounts. One that is also somebody elsewhere is changed by operators only: a new password opens all of it."""

    may_delete = False
    form = UserChangeForm
    inlines = (MembershipInline,)
    list_display = ("username", "display_name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "display_name", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    operator_fields = ("is_superuser",)
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Person"), {"fields": ("display_name", "email", "language", "keyboard_shortcuts")}),
        (_("Operator"), {"fields": ("is_superuser",)}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "display_name", "email", "usable_password", "password1", "password2")},
        ),
    )

    def visible(self, found: QuerySet[User], libraries: frozenset[int]) -> QuerySet[User]:
        """Who works in these libraries or has a card of them."""
        return found.filter(hanging_on_own(User, libraries))

    def may_change(self, request: HttpRequest, obj: User) -> bool:
        """Only accounts that are nothing elsewhere, and no operators."""
        return not obj.is_superuser and not others_too(obj, own_libraries(request))


@admin.register(Membership)
class MembershipAdmin(LibraryAdmin):
    """Roles of people in a library."""

    list_display = ("user", "role", "library")
    list_filter = ("role", ("library", RelatedFilter))
    list_select_related = ("user", "library")
    search_fields = ("user__username", "user__display_name")
    autocomplete_fields = ("user",)
    filter_horizontal = ("branches",)


@admin.register(ApiToken)
class ApiTokenAdmin(LibraryAdmin):
    """Keys of programs. Adding one makes the key and shows it once."""

    list_display = ("name", "library", "role", "created_at", "expires_at", "last_used_at")
    list_filter = (("library", RelatedFilter), "role")
    list_select_related = ("library",)
    search_fields = ("name",)
    fields = ("library", "name", "role", "expires_at", "created_at", "last_used_at")
    readonly_fields = ("created_at", "last_used_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the key of a new token."""
        if change:
            super().save_model(request, obj, form, change)
            return
        key = new_key()
        obj.digest = digest_of(key)
        super().save_model(request, obj, form, change)
        words = _("The key of this token is %(key)s – copy it now, it is not shown again.")
        messages.warning(request, words % {"key": key})


@admin.register(AuditEntry)
class AuditEntryAdmin(LibraryAdmin):
    """Who changed master data. Only to be read."""

    may_delete = False
    list_display = ("at", "action", "model", "object_pk", "actor_kind", "actor_id", "changed")
    list_filter = ("action", "model")
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes here by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes history."""
        return False
