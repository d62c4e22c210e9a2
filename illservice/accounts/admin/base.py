"""The base of every page of the master data: an administrator sees, chooses and changes only rows of the own library.

    @admin.register(Branch)
    class BranchAdmin(LibraryAdmin[Branch]):
        library_lookup = "library"

Lists, single pages, choices of foreign keys, autocompletes and filters all ask `get_queryset`, so they agree.
Operators (superusers) see everything. Every change is written into the audit table.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet, URLField
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from illservice.accounts.models import User
from illservice.accounts.selectors import administered_libraries
from illservice.core import clock
from illservice.core.actors import Actor, ActorKind
from illservice.core.audit import audit

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Inline = admin.TabularInline[Any, Any]
    _Form = forms.ModelForm[Any]
else:
    _ModelAdmin, _Inline, _Form = admin.ModelAdmin, admin.TabularInline, forms.ModelForm

_CACHE = "_administered_libraries"


def is_operator(request: HttpRequest) -> bool:
    """Whether somebody may see every library."""
    return isinstance(request.user, User) and request.user.is_superuser


def own_libraries(request: HttpRequest) -> frozenset[int]:
    """Keys of the libraries that the signed-in person administers, asked once per request."""
    known: frozenset[int] | None = getattr(request, _CACHE, None)
    if known is None:
        known = administered_libraries(request.user) if isinstance(request.user, User) else frozenset()
        setattr(request, _CACHE, known)
    return known


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person for the audit table."""
    return Actor(ActorKind.STAFF, id=request.user.pk)


class SameLibraryForm(_Form):
    """Refuses a row that points at rows of another library."""

    def clean(self) -> dict[str, Any]:
        """Compare the library of everything chosen with the row's own."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        library = cleaned.get("library")
        own = library.pk if library is not None else getattr(self.instance, "library_id", None)
        if own is None:
            return cleaned
        for name, value in list(cleaned.items()):
            chosen = value if isinstance(value, QuerySet) else [value]
            if any(getattr(each, "library_id", None) not in {None, own} for each in chosen):
                self.add_error(name, ValidationError(_("Choose one of the same library.")))
        return cleaned


class RelatedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that offers only rows one may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """The rows that the related page shows to this person."""
        choices = choices_of(field.remote_field.model, request, model_admin.admin_site)
        return [(each.pk, str(each)) for each in choices]


def choices_of(model: type[Model], request: HttpRequest, site: admin.AdminSite) -> QuerySet[Any]:
    """The rows of a model that somebody may point at: those on its page; without such a page none."""
    if is_operator(request):
        return model._default_manager.all()
    page = site._registry.get(model)
    return page.choices(request) if isinstance(page, LibraryAdmin) else model._default_manager.none()


class _Choices:
    """Narrows the choices of foreign keys for pages and inlines."""

    admin_site: admin.AdminSite

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only what one may see. A row without a library would be everybody's: only operators make one."""
        kwargs["queryset"] = choices_of(db_field.remote_field.model, request, self.admin_site)
        if db_field.name == "library" and not is_operator(request):
            kwargs["required"] = True
            kwargs["queryset"] = kwargs["queryset"].filter(pk__in=own_libraries(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # a mixin

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The same for many."""
        kwargs["queryset"] = choices_of(db_field.remote_field.model, request, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]  # a mixin


class LibraryAdmin(_Choices, _ModelAdmin):
    """`library_lookup` leads from the model to its library; "" keeps the page for operators alone."""

    library_lookup = "library"
    may_delete = True
    operator_fields: tuple[str, ...] = ()
    form: "type[_Form]" = SameLibraryForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What this person sees."""
        found = super().get_queryset(request)
        if is_operator(request):
            return found
        return self.visible(found, own_libraries(request)) if self.library_lookup else found.none()

    def visible(self, found: QuerySet[Any], libraries: frozenset[int]) -> QuerySet[Any]:
        """Narrow to the rows of some libraries."""
        path = self.library_lookup
        found = found.filter(**{f"{path}__in": libraries})
        return found.distinct() if "__" in path else found

    def choices(self, request: HttpRequest) -> QuerySet[Any]:
        """What this person may point at from other rows."""
        return self.get_queryset(request)

    # -- Rights: from memberships, not from Django's permissions -----------------------------------------------
    def _opens(self, request: HttpRequest) -> bool:
        return is_operator(request) or bool(self.library_lookup and own_libraries(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the page is in the list of pages."""
        return self._opens(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows that one may not see are not found at all, so every row here may be seen."""
        return self._opens(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may add rows."""
        return self._opens(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether somebody may change rows, or this row."""
        return self._opens(request) and (obj is None or is_operator(request) or self.may_change(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether somebody may delete; what other tables hang on is switched off instead."""
        return self.may_delete and self.has_change_permission(request, obj)

    def may_change(self, request: HttpRequest, obj: Any) -> bool:
        """Whether an administrator may change this visible row."""
        return True

    # -- Forms -------------------------------------------------------------------------------------------------
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A row never moves to another library; `operator_fields` are only shown to everybody but operators."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is not None and self.library_lookup == "library" and hasattr(obj, "library_id"):
            fields += ("library",)
        return fields if is_operator(request) else (*fields, *self.operator_fields)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever administers one library need not choose it."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        libraries = own_libraries(request)
        return {"library": next(iter(libraries)), **initial} if len(libraries) == 1 else initial

    # -- Writing -----------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write only the columns that were changed, and who did it."""
        if change:
            columns = {field.name for field in obj._meta.concrete_fields}
            names = [name for name in form.changed_data if name in columns]
            if names:
                obj.save(update_fields=names)
        else:
            obj.save()
        if form.changed_data or not change:
            self._audit(request, obj, "change" if change else "create", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete one row."""
        self._audit(request, obj, "delete")
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete rows ticked in the list."""
        for obj in queryset:
            self._audit(request, obj, "delete")
        queryset.delete()

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool) -> None:  # type: ignore[type-arg]  # generic only for mypy
        """Write the rows of an inline, and who did it."""
        formset.save()
        for obj in formset.deleted_objects:
            self._audit(request, obj, "delete")
        for obj, names in formset.changed_objects:
            self._audit(request, obj, "change", names)
        for obj in formset.new_objects:
            self._audit(request, obj, "create")

    # Django's own log would keep what a row is called, and that is a person's name.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit table says it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit table says it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: the audit table says it."""

    def _audit(self, request: HttpRequest, obj: Any, action: str, changed: Any = ()) -> None:
        library = obj.pk if obj._meta.label == "ill_directory.Library" else getattr(obj, "library_id", None)
        audit(
            obj, action=action, actor=actor_of(request), at=clock.now(), changed=changed, library_id=library
        )


class LibraryInline(_Choices, _Inline):
    """Rows inside another page: whoever may change the page may change them."""

    extra = 0
    form = SameLibraryForm

    def _page(self, request: HttpRequest, obj: Any) -> bool:
        page = self.admin_site._registry[self.parent_model]
        return page.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the page."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the page."""
        return self._page(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the page."""
        return self._page(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the page."""
        return self._page(request, obj)


def others_too(obj: Model, libraries: frozenset[int]) -> bool:
    """Whether rows of other libraries hang on a row that several libraries share (an account, a partner)."""
    return any(
        model._default_manager.filter(**{name: obj}).exclude(library__in=libraries).exists()
        for model, name in _hanging_on(type(obj))
    )


def hanging_on_own(shared: type[Model], libraries: frozenset[int]) -> Q:
    """The rows of a shared table (accounts) on which something of these libraries hangs."""
    found = Q(pk__in=())
    for model, name in _hanging_on(shared):
        found |= Q(pk__in=model._default_manager.filter(library__in=libraries).values(name))
    return found


def _hanging_on(shared: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """The models that name their library and point at a shared table, each with the name of its foreign key."""
    for relation in shared._meta.related_objects:
        model, field = relation.related_model, relation.field
        if "library" in {each.name for each in model._meta.concrete_fields} and field.name != "library":
            yield model, field.name
