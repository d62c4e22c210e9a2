"""What programs may send. A field that is not known is refused: it would be lost without a word."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from illservice.citations.data import TEXT_FIELDS, CitationData
from illservice.citations.identifiers import LONGEST_RAW, IdentifierKind
from illservice.citations.kinds import Material
from illservice.citations.text import clean_lines, clean_text
from requests_app.copyright import RULE_SETS, rules_for
from requests_app.models import BorrowingRequest, Delivery, How, Wanted
from requests_app.services.declaring import Declared
from requests_app.services.submit import NewRequest

SOURCE = "api"


def _accepting_words() -> str:
    """The present texts by country, in the words of the API's description."""
    versions = ", ".join(f"{code}: {rules.declaration.version}" for code, rules in RULE_SETS.items())
    words = gettext(
        "The version of the text on copyright that the patron accepted; needed for copies. %(versions)s, others:"
        " %(other)s. GET /api/v1/copyright/ gives the text to be shown."
    )
    return words % {"versions": versions, "other": rules_for("").declaration.version}


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """Read what was sent."""
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise serializers.ValidationError({str(name): [_("There is no such field.")] for name in unknown})
        return super().to_internal_value(data)


class CitationSerializer(StrictSerializer):
    """Texts and identifiers of what is wanted. `title` is the journal's or the book's, `article_title` the part's."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The texts with the lengths of their columns, and one field for each kind of identifier."""
        longest = {field.name: getattr(field, "max_length", None) for field in BorrowingRequest._meta.fields}
        known = {name: longest[name] for name in TEXT_FIELDS} | dict.fromkeys(
            IdentifierKind.values, LONGEST_RAW
        )
        return {
            name: serializers.CharField(required=False, allow_blank=True, max_length=length)
            for name, length in known.items()
        }


class NewRequestSerializer(StrictSerializer):
    """What a program asks for on behalf of a patron, who is named by the library card's number."""

    patron = serializers.CharField(max_length=60, help_text=_("the library card's number"))
    material = serializers.ChoiceField(choices=Material.choices)
    wanted = serializers.ChoiceField(choices=Wanted.choices)
    citation = CitationSerializer()
    delivery = serializers.ChoiceField(choices=Delivery.choices, default=Delivery.BRANCH)
    pickup_branch = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text=_("the branch's code")
    )
    delivery_address = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    need_by = serializers.DateField(required=False, allow_null=True, default=None)
    any_edition = serializers.BooleanField(required=False, default=False)
    any_language = serializers.BooleanField(required=False, default=False)
    volume_wanted = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    max_cost = serializers.DecimalField(
        required=False, allow_null=True, default=None, max_digits=9, decimal_places=2, min_value=0
    )
    cited_in = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")
    again_because = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    accepts_copyright = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        default="",
        help_text=lazy(_accepting_words, str)(),
    )
    copyright_signature = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        default="",
        help_text=_("the patron’s full name, where the law wants a signed declaration"),
    )

    def as_new(self, *, pickup_branch_id: int | None) -> NewRequest:
        """The checked fields as the service takes them."""
        values = dict(self.validated_data)
        values.pop("patron")
        values.pop("pickup_branch", None)
        version, signature = values.pop("accepts_copyright"), values.pop("copyright_signature")
        return NewRequest(
            **values
            | {
                "citation": CitationData.from_mapping(values["citation"]),
                "delivery_address": clean_lines(values["delivery_address"]),
                "volume_wanted": clean_text(values["volume_wanted"]),
                "cited_in": clean_text(values["cited_in"]),
                "note": clean_lines(values["note"]),
                "again_because": clean_lines(values["again_because"]),
                "pickup_branch_id": pickup_branch_id,
                "source": SOURCE,
                "declared": _declared(version, clean_text(signature)),
            }
        )


def _declared(version: str, signature: str) -> Declared:
    return Declared(version, how=How.API, language=get_language() or "en", signature=signature)
