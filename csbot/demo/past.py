"""Puts the demo's people, labels, canned replies and past conversations into the database, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from csbot.accounts.models import Agent, Site, User
from csbot.conversations.models import CannedReply, Conversation, Feedback, Frame, Label, Message, Note, SearchWord, Turn, Visitor
from csbot.demo import content
from csbot.demo.stories import Story, Told
from csbot.lib.clock import now

# What rows say of themselves when they are stored is "now"; the past is written over it.
WHEN: dict[type[Model], list[str]] = {
    **dict.fromkeys((Visitor, Message, Note), ["created"]),
    **dict.fromkeys((Frame, Feedback), ["at"]),
    Conversation: ["created", "changed"],
    Turn: ["created", "deadline"],
}


@transaction.atomic
def past_seed(site: Site) -> int:
    """How many conversations were written: all of them or, where there are some, none."""
    if Conversation.objects.filter(site=site, origin=Conversation.Origin.DEMO).exists():
        return 0
    desk = content.desk()
    agents = {person["key"]: _agent(site, person) for person in desk["agents"]}
    labels = {key: _label(site, name, colour) for key, (name, colour) in desk["labels"].items()}
    if not CannedReply.objects.filter(company_id=site.company_id).exists():
        CannedReply.objects.bulk_create(CannedReply(company_id=site.company_id, **canned) for canned in desk["canned"])
    rows = Told()
    until = now()
    for number, script in enumerate(content.conversations()):
        story = Story(number, script, site=site, agents=agents, until=until, rows=rows)
        rows.labels += [(story.talk, labels[key]) for key in script["labels"]]
    _write(rows)
    return len(rows.conversations)


def _agent(site: Site, person: dict[str, Any]) -> Agent:
    """A person of the demo nobody can sign in as."""
    user, is_new = User.objects.get_or_create(username=person["username"])
    if is_new:
        user.set_unusable_password()
        user.save()
    defaults = {"company_id": site.company_id, "display_name": person["name"], "role": Agent.Role.AGENT}
    return Agent.objects.get_or_create(user=user, defaults=defaults)[0]


def _label(site: Site, name: str, colour: str) -> Label:
    return Label.objects.get_or_create(company_id=site.company_id, name=name, defaults={"colour": colour})[0]


def _write(rows: Told) -> None:
    stored: tuple[list[Any], ...] = (rows.visitors, rows.conversations, rows.messages, rows.turns, rows.traces, rows.frames)
    for objects in (*stored, rows.feedback, rows.handoffs, rows.notes):
        _store(objects)
    links = [Conversation.labels.through(conversation_id=talk.pk, label_id=label.pk) for talk, label in rows.labels]
    Conversation.labels.through.objects.bulk_create(links)
    company_of = {talk.pk: talk.company_id for talk in rows.conversations}
    words = [SearchWord(company_id=company_of[key], conversation_id=key, word=word) for key, found in rows.words.items() for word in found]
    SearchWord.objects.bulk_create(words, batch_size=500)


def _store(objects: list[Any]) -> None:
    """In bulk, with the times that the story gives."""
    if not objects:
        return
    model: type[Model] = type(objects[0])
    fields = WHEN.get(model, [])
    wanted = [[getattr(one, name) for name in fields] for one in objects]
    for one in objects:
        if "deadline" in fields:
            one.deadline = now() + timedelta(days=1)  # it has to lie ahead until the row is moved back
    model._default_manager.bulk_create(objects, batch_size=200)
    for one, times in zip(objects, wanted, strict=True):
        for name, value in zip(fields, times, strict=True):
            setattr(one, name, value)
    if fields:
        model._default_manager.bulk_update(objects, fields, batch_size=100)
