"""What can go wrong with knowledge, in words that an editor or operator can act on."""

from __future__ import annotations


class KnowledgeError(Exception):
    """The message is shown to people."""


class SnapshotDamaged(KnowledgeError):
    """A file of a snapshot is missing or differs from its manifest."""


class NothingPublished(KnowledgeError):
    """The knowledge base has no published snapshot yet."""
