"""What can go wrong with knowledge, in words that an editor or operator can act on.

An error is a code with its values: `str` gives the English sentence for logs and the command line, `in_words` the one of whoever reads a page.
"""

from __future__ import annotations

import json

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = {
    "nothing_published": _("Nothing is published in this knowledge base yet. Publish it in the admin."),
    "other_encoder": _("Snapshot #%(number)s was built with another encoder. Publish the knowledge base again."),
    "file_missing": _("Snapshot %(snapshot)s: the file %(file)s is missing in the storage. Publish the knowledge base again."),
    "file_damaged": _("Snapshot %(snapshot)s: the file %(file)s is damaged (its SHA-256 differs). Publish the knowledge base again."),
    "cannot_be_opened": _("The files of the snapshot cannot be opened; the log of the process names the cause. Publish the knowledge base again."),
    "snapshot_unknown": _("This snapshot belongs to another knowledge base, or does not exist."),
    "published_meanwhile": _("Another snapshot was published meanwhile, or is being made. Compare again."),
    "overtaken": _("Another snapshot was published while this one was being made, so this one does not answer. Publish once more if it should."),
    "trace_not_routed": _("This turn was not routed (the cache or a listed word decided), or before traces kept what a replay needs."),
    "trace_snapshot": _("The snapshot %(snapshot)s, which the trace names, is not there any more."),
    "trace_incomplete": _("The trace does not hold all that its replay asks for: %(detail)s"),
    "trace_masked": _("The question held personal data, which traces do not keep, and the message that had it is gone or changed."),
    "no_encoder": _("This process has no encoder. Run: python manage.py models pull"),
    "intents": _("The intents cannot be used as they are: %(detail)s"),
    "unexpected": _("Something unexpected went wrong; the log of the background worker names it. Publish once more, or ask the operator."),
}


class KnowledgeError(Exception):
    """Raised with one of the codes above and the values of its sentence."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(SENTENCES[code] % values)
        self.code, self.values = code, values


class SnapshotDamaged(KnowledgeError):
    """A file of a snapshot is missing or differs from its manifest."""


class NothingPublished(KnowledgeError):
    """The knowledge base has no published snapshot yet."""


def as_stored(error: KnowledgeError) -> str:
    return json.dumps({"code": error.code, "values": error.values}, ensure_ascii=False)


def in_words(error: KnowledgeError | str) -> str:
    """In the reader's language; takes what `as_stored` gave too. Sentences stored by an older version are not shown raw."""
    if isinstance(error, str):
        error = _from_stored(error)
    return gettext(SENTENCES[error.code]) % error.values


def _from_stored(text: str) -> KnowledgeError:
    try:
        stored = json.loads(text)
        return KnowledgeError(stored["code"], **stored["values"])
    except (ValueError, KeyError, TypeError):
        return KnowledgeError("unexpected")
