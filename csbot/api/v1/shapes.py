"""Requests and answers of the API for programs, checked and described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Shape(serializers.Serializer):  # type: ignore[type-arg]
    """A shape that is only described or checked, never saved."""


class Strict(Shape):
    """Refuses what it does not know: a misspelt field is an error, not a silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """NUL stands in no text: databases refuse it. A number is no text either."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise serializers.ValidationError("This text cannot be stored: it holds a NUL or half of a character.")
        return text


LANGUAGE = ["zh", "en"]


class VisitorRequest(Strict):
    id = Text(max_length=200, help_text="Your own number for this person. Lookups that need to know who asks get it as {visitor}.")
    name = Text(required=False, max_length=100)
    email = Text(required=False, max_length=254)


class ConversationRequest(Strict):
    visitor = VisitorRequest(required=False, help_text="Who it is, where you know it.")
    site = Text(required=False, max_length=64, help_text="Key of a site; the key's own or the company's first one where it is missing.")


class MessageRequest(Strict):
    text = Text(max_length=20_000, trim_whitespace=False)
    client_id = Text(required=False, max_length=64, help_text="One effect however often it is sent.")
    language = serializers.ChoiceField(LANGUAGE, required=False)
    wait_s = serializers.IntegerField(default=30, min_value=0, max_value=55, help_text="How long to wait for the answer; 0: not at all (202).")


class MessageShape(Shape):
    id = serializers.UUIDField()
    sender = serializers.ChoiceField(["visitor", "bot", "agent", "system"])
    text = serializers.CharField()
    language = serializers.ChoiceField(LANGUAGE)
    ts = serializers.DateTimeField()
    wrap = serializers.DictField(required=False)
    notice = serializers.CharField(required=False, help_text="What the word filter did to the text, politely.")


class MessagePage(Shape):
    results = MessageShape(many=True)
    next = serializers.CharField(allow_null=True)


class AnswerShape(Shape):
    """As `manage.py ask --json` tells it; while it is not there yet, only `conversation` and `message`."""

    conversation = serializers.UUIDField()
    message = serializers.UUIDField()
    route = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    text = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    faq = serializers.CharField(required=False, allow_null=True)
    options = serializers.ListField(child=serializers.DictField(), required=False)
    sources = serializers.ListField(child=serializers.DictField(), required=False)
    handoff = serializers.DictField(required=False)
    owner = serializers.CharField(required=False)


class AnswerText(Strict):
    text = Text(max_length=4000)
    url = serializers.URLField(required=False, allow_blank=True, default="")


class Variants(Strict):
    zh = serializers.ListField(child=Text(max_length=500), required=False, max_length=200)
    en = serializers.ListField(child=Text(max_length=500), required=False, max_length=200)


class Answers(Strict):
    zh = AnswerText(required=False)
    en = AnswerText(required=False)


class FaqBody(Strict):
    category = Text(required=False, allow_blank=True, default="", max_length=60)
    state = serializers.ChoiceField(["draft", "live", "disabled"], default="live")
    variants = Variants(help_text="The first one of a language is shown to visitors.")
    answers = Answers()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs["variants"].values()):
            raise serializers.ValidationError({"variants": ["Write one way to ask at least."]})
        if not attrs["answers"]:
            raise serializers.ValidationError({"answers": ["Write an answer, in one language at least."]})
        return attrs


class FaqRequest(FaqBody):
    key = serializers.RegexField(r"^[\w.-]+\Z", max_length=80)


class FaqShape(Shape):
    key = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    variants = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    answers = serializers.DictField(child=serializers.DictField())
    changed = serializers.DateTimeField()


class FaqPage(Shape):
    results = FaqShape(many=True)
    next = serializers.CharField(allow_null=True)


class ImportRequest(Strict):
    faqs = serializers.ListField(child=FaqRequest(), max_length=1000)


class ImportShape(Shape):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()


class PublishShape(Shape):
    started = serializers.BooleanField(help_text="False: a snapshot is being made already.")


class ArticleBody(Strict):
    title = Text(max_length=200)
    body = Text(max_length=200_000)
    format = serializers.ChoiceField(["markdown", "plain"], default="markdown")
    url = serializers.URLField(required=False, allow_blank=True, default="")
    is_live = serializers.BooleanField(default=True)


class ArticleShape(ArticleBody):
    key = serializers.CharField()
    language = serializers.ChoiceField(LANGUAGE)
    changed = serializers.DateTimeField()


class ArticlePage(Shape):
    results = ArticleShape(many=True)
    next = serializers.CharField(allow_null=True)


class SearchRequest(Strict):
    text = Text(max_length=4000)
    language = serializers.ChoiceField(LANGUAGE, required=False)
    site = Text(required=False, max_length=64)


class SearchShape(AnswerShape):
    trace = serializers.DictField()
    ms = serializers.DictField()
