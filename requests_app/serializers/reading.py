"""How a request looks to programs. Things have the names that people know them by; no database keys."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from illservice.core.actors import Actor
from requests_app.models import (
    BorrowingEvent,
    BorrowingHold,
    BorrowingMark,
    BorrowingQuestion,
    BorrowingRequest,
    CopyrightAcceptance,
    LenderTry,
    RequestIdentifier,
    RequestItem,
)
from requests_app.selectors import sees_persons
from requests_app.selectors.declarations import acceptance_of
from requests_app.workflow import TABLE
from requests_app.workflow.facts import facts_of


class IdentifierSerializer(serializers.ModelSerializer[RequestIdentifier]):
    """An identifier as given and as normalised; an invalid one is never matched."""

    class Meta:
        model = RequestIdentifier
        fields = ("kind", "raw", "normalised", "valid")


class HoldSerializer(serializers.ModelSerializer[BorrowingHold]):
    """What keeps or kept a request from being sent."""

    class Meta:
        model = BorrowingHold
        fields = ("kind", "detail", "opened_at", "reply_by", "cleared_at", "reason")


class QuestionSerializer(serializers.ModelSerializer[BorrowingQuestion]):
    """A question beside the state; open while `answered_at` is null."""

    class Meta:
        model = BorrowingQuestion
        fields = ("kind", "asked_at", "reply_by", "terms", "answer", "answered_at")


class MarkSerializer(serializers.ModelSerializer[BorrowingMark]):
    """A dated fact beside the state; open while `cleared_at` is null."""

    class Meta:
        model = BorrowingMark
        fields = ("kind", "at", "until", "cleared_at")


class TrySerializer(serializers.ModelSerializer[LenderTry]):
    """One lender of the list. `partner` is its short name."""

    partner = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    partner_name = serializers.CharField(source="partner.name", read_only=True)
    reason = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = LenderTry
        fields = (
            *("ordinal", "partner", "partner_name", "system", "system_number", "status", "open", "asked_at"),
            *("answer_by", "answered_at", "shipped_at", "ended_at", "lender_due", "conditions"),
            *("return_address", "cost", "cost_currency", "reason"),
        )


class ItemSerializer(serializers.ModelSerializer[RequestItem]):
    """One piece that came."""

    class Meta:
        model = RequestItem
        fields = (
            *("barcode", "call_number", "label", "pieces", "condition", "second_copy"),
            *("received_at", "returned_at"),
        )


class EventSerializer(serializers.ModelSerializer[BorrowingEvent]):
    """One thing that happened; `reverses` names the act that it took back."""

    class Meta:
        model = BorrowingEvent
        fields = (
            *("act", "version", "action", "from_state", "to_state", "happened_at", "recorded_at"),
            *("actor_kind", "cause", "reverses"),
        )


class AcceptanceSerializer(serializers.ModelSerializer[CopyrightAcceptance]):
    """The text on copyright that was accepted: its version, the country of its law, the language, when and how."""

    version = serializers.CharField(source="text.version", read_only=True)
    jurisdiction = serializers.CharField(source="text.jurisdiction", read_only=True)
    language = serializers.CharField(source="text.language", read_only=True)

    class Meta:
        model = CopyrightAcceptance
        fields = ("version", "jurisdiction", "language", "how", "at")


class DeclaredFieldSerializer(serializers.Serializer[Any]):
    """Something to be ticked or written: `kind` is tick, text or date."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not its label
    kind = serializers.CharField()


class DeclarationSerializer(serializers.Serializer[Any]):
    """What a patron reads and accepts before a copy is asked for. `is_signed`: the name goes with it."""

    version = serializers.CharField()
    heading = serializers.ListField(child=serializers.CharField())
    paragraphs = serializers.ListField(child=serializers.CharField())
    fields_to_fill = DeclaredFieldSerializer(source="fields", many=True)
    accept = serializers.CharField()
    is_signed = serializers.BooleanField()


class AllowedSerializer(serializers.Serializer[Any]):
    """An action that this caller may take now: POST …/actions/<action>/."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not its label


class PersonSerializer(serializers.Serializer[Any]):
    """Who asked."""

    barcode = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField()


class RequestSerializer(serializers.ModelSerializer[BorrowingRequest]):
    """A row of the list. Needs `actor` in its context."""

    patron = serializers.SerializerMethodField()
    pickup_branch = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    marks = serializers.SerializerMethodField()

    class Meta:
        model = BorrowingRequest
        fields: tuple[str, ...] = (
            *("number", "version", "state", "queue", "wording", "next_actor", "act_by", "rush", "attention"),
            *("material", "wanted", "kind", "title", "article_title", "author", "date", "submitted_at"),
            *("need_by", "closed_at", "outcome", "fill_source", "pickup_branch", "patron", "marks"),
        )

    @property
    def actor(self) -> Actor:
        """The one who asks."""
        actor: Actor = self.context["actor"]
        return actor

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_patron(self, request: BorrowingRequest) -> dict[str, str] | None:
        """Only for roles whose work needs to know who asked; null when the person was unlinked."""
        if request.patron is None or not sees_persons(self.actor):
            return None
        return {
            "barcode": request.patron.barcode,
            "name": request.patron.name,
            "category": request.patron_category,
        }

    def get_marks(self, request: BorrowingRequest) -> list[str]:
        """The kinds of the open marks."""
        return [mark.kind for mark in request.marks.all() if mark.cleared_at is None]


class RequestDetailSerializer(RequestSerializer):
    """One request with all that stands beside it, and with what this caller may do now.

    Needs `actions` in its context as well: the names of the actions that the API offers.
    """

    location = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    reason = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    identifiers = IdentifierSerializer(many=True, read_only=True)
    holds = HoldSerializer(many=True, read_only=True)
    questions = QuestionSerializer(many=True, read_only=True)
    tries = TrySerializer(many=True, read_only=True)
    items = ItemSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)
    acceptance = serializers.SerializerMethodField()
    all_marks = MarkSerializer(source="marks", many=True, read_only=True)
    allowed = serializers.SerializerMethodField()

    class Meta(RequestSerializer.Meta):
        fields = (
            *RequestSerializer.Meta.fields,
            *("article_author", "publisher", "place", "edition", "series", "volume", "issue", "part", "year"),
            *(
                "pages",
                "language",
                "kind_supplied",
                "any_edition",
                "any_language",
                "volume_wanted",
                "delivery",
            ),
            *("max_cost", "cited_in", "source", "cleared_at", "sent_at", "promised_at", "shipped_at"),
            *("received_at", "delivered_at", "returned_at", "lender_due", "patron_due", "conditions"),
            *("location", "shelf_code", "copy_link", "copy_link_until", "reason", "cost", "cost_currency"),
            *("identifiers", "holds", "questions", "tries", "items", "events", "all_marks", "acceptance"),
            "allowed",
        )

    @extend_schema_field(AcceptanceSerializer(allow_null=True))
    def get_acceptance(self, request: BorrowingRequest) -> Any:
        """Null for loans, and for what came in before such texts were kept."""
        found = acceptance_of(request)
        return AcceptanceSerializer(found).data if found else None

    @extend_schema_field(AllowedSerializer(many=True))
    def get_allowed(self, request: BorrowingRequest) -> list[dict[str, str]]:
        """What the table lets this caller do now, in its order."""
        rows = TABLE.allowed(request.state, self.actor, facts_of(request))
        offered = self.context["actions"]
        return [{"action": row.action, "label": str(row.label)} for row in rows if row.action in offered]
