"""The shapes of the desk's answers and requests, for checking what comes in and describing what goes out."""

from __future__ import annotations

from rest_framework import serializers

from csbot.dashboard.rows import View, cursor_read

VIEWS = list(View.__args__)  # type: ignore[attr-defined]


class Shape(serializers.Serializer):  # type: ignore[type-arg]
    """A shape that is only described or checked, never saved."""


class Named(Shape):
    id = serializers.CharField()
    name = serializers.CharField()


class PreviewShape(Shape):
    sender = serializers.CharField()
    text = serializers.CharField()
    ts = serializers.DateTimeField()


class VisitorShape(Shape):
    id = serializers.UUIDField()
    number = serializers.CharField(help_text="The last four characters of the id, to tell visitors apart.")
    name = serializers.CharField(allow_blank=True, help_text="Where the company vouched for the visitor.")


class RowShape(Shape):
    id = serializers.UUIDField()
    site = Named()
    visitor = VisitorShape()
    owner = serializers.CharField(help_text="bot, queue or agent:<id>")
    agent = Named(allow_null=True)
    ver = serializers.IntegerField(help_text="The owner's version: what If-Match names.")
    seq = serializers.IntegerField()
    unread = serializers.IntegerField()
    preview = PreviewShape(allow_null=True)
    language = serializers.CharField(allow_blank=True)
    labels = serializers.ListField(child=serializers.UUIDField())
    origin = serializers.CharField()
    is_demo = serializers.BooleanField()
    is_warned = serializers.BooleanField(help_text="Agents were warned of a listed word in it during the last day.")
    queued_at = serializers.DateTimeField(allow_null=True)
    waiting_s = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    handoff_reason = serializers.CharField(allow_blank=True)
    closed = serializers.DateTimeField(allow_null=True)
    created = serializers.DateTimeField()
    changed = serializers.DateTimeField()


class CountsShape(Shape):
    waiting = serializers.IntegerField()
    mine = serializers.IntegerField()
    colleagues = serializers.IntegerField()
    bot = serializers.IntegerField()
    closed = serializers.IntegerField()


class InboxShape(Shape):
    results = RowShape(many=True)
    next = serializers.CharField(allow_null=True)
    counts = CountsShape()
    now = serializers.DateTimeField()
    is_complete = serializers.BooleanField()


class InboxQuery(Shape):
    view = serializers.ChoiceField(choices=VIEWS, default="all")
    q = serializers.CharField(default="", allow_blank=True, max_length=200)
    site = serializers.UUIDField(required=False)
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]
    cursor = serializers.CharField(default="", allow_blank=True, max_length=80)
    since = serializers.DateTimeField(required=False)

    def validate_cursor(self, cursor: str) -> str:
        """Raises for what is no `next` of ours."""
        if cursor:
            try:
                cursor_read(cursor)
            except ValueError as error:
                raise serializers.ValidationError("This is no cursor of ours.") from error
        return cursor


class BubbleShape(Shape):
    id = serializers.UUIDField()
    sender = serializers.CharField()
    text = serializers.CharField()
    language = serializers.CharField()
    ts = serializers.DateTimeField()
    wrap = serializers.DictField(required=False)
    answered = serializers.DictField(required=False, help_text="Why the bot answered so: route, probability, rung, model, timings, sentences.")
    screen = serializers.ListField(child=serializers.DictField(), required=False, help_text="Listed words: term, found, category, level, why.")
    notice = serializers.CharField(required=False, help_text="What the visitor was told of it.")


class NoteShape(Shape):
    id = serializers.UUIDField()
    author = serializers.CharField()
    text = serializers.CharField()
    ts = serializers.DateTimeField()
    client_id = serializers.CharField(allow_blank=True)


class OwnerShape(Shape):
    owner = serializers.CharField(help_text="queue, agent:<id>, or what ended a stay with people: closed, bot, left")
    ts = serializers.CharField()


class DetailShape(RowShape):
    messages = BubbleShape(many=True)
    notes = NoteShape(many=True)
    handoffs = serializers.ListField(child=serializers.DictField())
    owners = OwnerShape(many=True)
    visitor_read_seq = serializers.IntegerField()


class SaidRequest(Shape):
    client_id = serializers.CharField(max_length=64)
    text = serializers.CharField(max_length=20_000, trim_whitespace=False)


class TakeRequest(Shape):
    force = serializers.BooleanField(default=False, help_text="Beyond one's own capacity, and from a colleague.")


class TransferRequest(Shape):
    agent = serializers.UUIDField(allow_null=True, help_text="null: back to the queue, where it keeps its place.")
    note = serializers.CharField(default="", allow_blank=True, max_length=4000)


class LabelsRequest(Shape):
    labels = serializers.ListField(child=serializers.UUIDField(), max_length=50)


class ReadRequest(Shape):
    seq = serializers.IntegerField(min_value=0)


class AvailabilityRequest(Shape):
    is_available = serializers.BooleanField()


class LabelShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    colour = serializers.CharField()


class ColleagueShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.CharField()
    is_online = serializers.BooleanField()
    is_available = serializers.BooleanField()
    open = serializers.IntegerField()
    capacity = serializers.IntegerField()


class MeShape(Shape):
    agent = ColleagueShape(allow_null=True)
    company = serializers.CharField()
    rights = serializers.ListField(child=serializers.CharField())
    sites = Named(many=True)
    labels = LabelShape(many=True)
    agents = ColleagueShape(many=True)


class CannedShape(Shape):
    id = serializers.UUIDField()
    shortcut = serializers.CharField()
    language = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
