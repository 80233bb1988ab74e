"""Puts the demo company into the database, as often as one likes: what is there and equal is left alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from csbot.accounts.models import Company, Site
from csbot.accounts.people import administrators_join
from csbot.demo import content
from knowledge import facade as knowledge


@dataclass(frozen=True, slots=True)
class Seeded:
    site: Site
    knowledge_base: str
    changed: bool
    needs_publishing: bool


@transaction.atomic
def seed() -> Seeded:
    wanted = content.company()
    company, _ = Company.objects.get_or_create(slug=wanted["slug"], defaults={"name": wanted["name"]})
    site = Site.objects.filter(company=company, key=wanted["site"]["key"]).first()
    base = str(site.knowledge_base_id) if site else knowledge.create_knowledge_base(company.pk, wanted["knowledge_base"])
    if site is None:
        site = Site.objects.create(company=company, knowledge_base_id=base, **wanted["site"])
    administrators_join()
    changed = knowledge.replace_knowledge(base, faqs=content.faqs(), articles=content.articles(), intents=content.intents())
    # Not `changed` alone: an earlier start may have written the content and stopped before it was published.
    return Seeded(site, base, changed, knowledge.is_newer_than_published(base))
