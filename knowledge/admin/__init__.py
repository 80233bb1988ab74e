"""FAQ curation in Django's admin. Thin: lists, forms and buttons over knowledge.services and knowledge.importing."""

from __future__ import annotations

from knowledge.admin import articles, bases, faq_imports, faqs, intents, word_changes, word_rows, word_rules, words

__all__ = ["articles", "bases", "faq_imports", "faqs", "intents", "word_changes", "word_rows", "word_rules", "words"]
