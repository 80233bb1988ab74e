"""The health of a FAQ in words, for its page."""

from __future__ import annotations

from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from knowledge.models import Faq, FaqHealth


def health_in_words(health: FaqHealth, kb_id: UUID) -> str:
    if health.state == FaqHealth.State.UNPROVEN:
        return _("Unproven: it has one phrasing only, so nothing says whether other words would find it. Add a second way to ask.")
    counts = {"found": health.found, "asked": health.asked}
    if health.state == FaqHealth.State.SOLID:
        told = _("Solid: of %(asked)s phrasings that were asked while they were hidden, %(found)s found it by the others.") % counts
    else:
        told = _("Fragile: of %(asked)s phrasings that were asked while they were hidden, only %(found)s found it by the others.") % counts
    lines = format_html_join("", "<li>{}</li>", ((line,) for line in _lines(health, kb_id)))
    return format_html("{}<ul>{}</ul>", told, lines) if lines else told


def _lines(health: FaqHealth, kb_id: UUID) -> list[str]:
    keys = {found for _text, _language, found in health.lost if found}
    titles = {
        faq.key: next((variant.text for variant in faq.variants.all() if variant.is_canonical), faq.key)
        for faq in Faq.objects.filter(knowledge_base_id=kb_id, key__in=keys).prefetch_related("variants")
    }
    lines = []
    for text, _language, found in health.lost:
        if found:
            lines.append(_("“%(text)s” finds “%(faq)s”") % {"text": text, "faq": titles.get(found, found)})
        else:
            lines.append(_("“%(text)s” finds nothing") % {"text": text})
    return lines
