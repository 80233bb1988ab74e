"""Addresses for programs. `slug`-like keys hold dots: FAQs are named `returns.period`."""

from __future__ import annotations

from django.urls import path, register_converter

from csbot.api.v1 import knowing, talking


class KeyConverter:
    regex = r"[\w.-]{1,80}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KeyConverter, "key")

urlpatterns = [
    path("conversations", talking.ConversationsView.as_view(), name="api_conversations"),
    path("conversations/<uuid:conversation_id>/messages", talking.MessagesView.as_view(), name="api_messages"),
    path("search", talking.SearchView.as_view(), name="api_search"),
    path("faqs", knowing.FaqsView.as_view(), name="api_faqs"),
    path("faqs/import", knowing.FaqImportView.as_view(), name="api_faqs_import"),
    path("faqs/publish", knowing.PublishView.as_view(), name="api_faqs_publish"),
    path("faqs/<key:key>", knowing.FaqView.as_view(), name="api_faq"),
    path("articles", knowing.ArticlesView.as_view(), name="api_articles"),
    path("articles/<key:key>/<str:language>", knowing.ArticleView.as_view(), name="api_article"),
]
