"""Categories, levels and what they lead to, in words. The names of shipped categories are translated; a company's own are theirs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.contracts import Direction, Level, Why
from knowledge.models.word_rules import Action, Heard

CATEGORIES: dict[str, Any] = {
    "abuse": _("abuse"),
    "drugs": _("drugs"),
    "fraud": _("fraud"),
    "gambling": _("gambling"),
    "hate": _("hate"),
    "profanity": _("profanity"),
    "self-harm": _("self-harm"),
    "sexual": _("sexual content"),
    "violence": _("violence"),
    "abuse by meaning": _("abuse by meaning"),
    "self-harm by meaning": _("self-harm by meaning"),
}
DIRECTIONS: dict[Direction, Any] = {direction: Heard(direction.value).label for direction in Direction}
WHYS: dict[Why, Any] = {
    "": _("the word's own level"),
    "site": _("a rule of the site"),
    "company": _("a rule of the company"),
    "shipped": _("a shipped rule"),
}
DEEDS: dict[tuple[Direction, Level], Any] = {
    (Direction.VISITOR, Level.LOG_ONLY): _("The message goes its way; the word is only recorded."),
    (Direction.VISITOR, Level.MASK): _("The word is replaced by * before anybody else reads it; the visitor is told politely."),
    (Direction.VISITOR, Level.WARN_AGENT): _("The message goes its way; agents see the warning beside it."),
    (Direction.VISITOR, Level.HAND_OVER): _("The conversation goes to a person, who can read the message."),
    (Direction.VISITOR, Level.BLOCK): _("Nobody gets the message: the bot declines politely, or the visitor is told that it was not passed on."),
    (Direction.BOT, Level.LOG_ONLY): _("The answer is shown; the word is only recorded."),
    (Direction.BOT, Level.MASK): _("The word is replaced by * and the answer goes on; the visitor is told politely."),
    (Direction.BOT, Level.WARN_AGENT): _("The answer is shown; agents see the warning beside it."),
    (Direction.BOT, Level.HAND_OVER): _("The answer ends before the word, and a person goes on."),
    (Direction.BOT, Level.BLOCK): _("The answer ends before the word; a polite sentence stands in its place."),
    (Direction.AGENT, Level.LOG_ONLY): _("The reply is sent; the word is only recorded."),
    (Direction.AGENT, Level.MASK): _("The reply is sent with * in place of the word."),
    (Direction.AGENT, Level.WARN_AGENT): _("The reply is sent; the warning stands beside it at the desks."),
    (Direction.AGENT, Level.HAND_OVER): _("The reply is not sent, and the agent is told which word it is."),
    (Direction.AGENT, Level.BLOCK): _("The reply is not sent, and the agent is told which word it is."),
}


def category_key(text: str) -> str:
    """A shipped category however it is written, also by its name in our languages: "Self_Harm" brings the helpline too. Others are as they are."""
    return _keys().get(_folded(text), text)


@cache
def _keys() -> dict[str, str]:
    """What may be written for a shipped category → the category."""
    found = {_folded(key): key for key in CATEGORIES}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_folded(str(name)): key for key, name in CATEGORIES.items()}
    return found


def _folded(text: str) -> str:
    return re.sub("[ _-]+", " ", text).strip().casefold()


def category_name(category: str) -> str:
    return str(CATEGORIES.get(category, category)) or gettext("none")


def level_name(level: str) -> str:
    return str(Action(level).label)
