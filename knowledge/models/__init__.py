"""The truth about knowledge: FAQs, articles, intents, word lists, and the snapshots made of them.

Editing happens here; answering happens from snapshots only. The company is named, never imported.
"""

from __future__ import annotations

from knowledge.models.articles import Article, Passage
from knowledge.models.bases import LANGUAGE_CHOICES, KnowledgeBase, Promise, Snapshot, in_known_language
from knowledge.models.checks import CheckedAnswer, GoldCase
from knowledge.models.faqs import Collision, Faq, FaqAnswer, FaqHealth, FaqImport, Variant
from knowledge.models.intents import Intent, IntentExample
from knowledge.models.word_rules import WordChange, WordHit, WordRule
from knowledge.models.words import Word, WordList

__all__ = [
    "Article",
    "CheckedAnswer",
    "Collision",
    "Faq",
    "FaqAnswer",
    "FaqHealth",
    "FaqImport",
    "GoldCase",
    "Intent",
    "IntentExample",
    "KnowledgeBase",
    "LANGUAGE_CHOICES",
    "Passage",
    "Promise",
    "Snapshot",
    "Variant",
    "Word",
    "WordChange",
    "WordHit",
    "WordList",
    "WordRule",
    "in_known_language",
]
