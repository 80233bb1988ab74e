"""Puts the demo company into the database, as often as one likes: what is there and equal is left alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from csbot.accounts.models import Company, Site
from csbot.accounts.people import administrators_join
from csbot.demo import content
from csbot.demo.past import past_seed
from csbot.lookups.models import Lookup
from knowledge import facade as knowledge


@dataclass(frozen=True, slots=True)
class Seeded:
    site: Site
    knowledge_base: str
    changed: bool
    needs_publishing: bool


@transaction.atomic
def seed(address: str = "") -> Seeded:
    """`address`: where this installation answers, for the lookup that asks it for the demo's orders."""
    wanted = content.company()
    company, _ = Company.objects.get_or_create(slug=wanted["slug"], defaults={"name": wanted["name"]})
    site = Site.objects.filter(company=company, key=wanted["site"]["key"]).first()
    base = str(site.knowledge_base_id) if site else knowledge.create_knowledge_base(company.pk, wanted["knowledge_base"])
    if site is None:
        site = Site.objects.create(company=company, knowledge_base_id=base, **wanted["site"])
    administrators_join()
    past_seed(site)
    _seed_lookups(company, address or settings.CSBOT.public_url or f"http://127.0.0.1:{settings.CSBOT.port}")
    changed = knowledge.replace_knowledge(base, faqs=content.faqs(), articles=content.articles(), intents=content.intents())
    # Not `changed` alone: an earlier start may have written the content and stopped before it was published.
    return Seeded(site, base, changed, knowledge.is_newer_than_published(base))


def _seed_lookups(company: Company, address: str) -> None:
    """Written once; later only the address follows where the demo runs now, so that what was changed in the admin stays."""
    for wanted in content.lookups():
        url = address.rstrip("/") + wanted["path"]
        if known := Lookup.objects.filter(company=company, key=wanted["key"]).first():
            if known.url != url and known.url.endswith(wanted["path"]):
                known.url = url
                known.save()
            continue
        examples = {name: "\n".join(wanted[name]) for name in ("examples_zh", "examples_en")}
        plain = {name: wanted[name] for name in ("key", "fields", "answer_zh", "answer_en", "unknown_zh", "unknown_en")}
        lookup = Lookup.objects.create(company=company, url=url, **examples, **plain)
        for place, slot in enumerate(wanted["slots"]):
            lookup.slots.create(place=place, **slot)
