"""Intents as data: what is accepted, and in which words the rest is refused."""

from __future__ import annotations

import pytest

from knowledge.contracts import IntentAction
from knowledge.intent.definitions import IntentError, checksum, definitions_from

GOOD = {"key": "thanks", "action": "chitchat", "replies": {"en": " Welcome! "}, "phrases": {"en": ["thanks", "thanks "]}}


def test_it_reads_an_intent():
    (intent,) = definitions_from([GOOD])
    assert (intent.key, intent.action, intent.replies) == ("thanks", IntentAction.CHITCHAT, {"en": "Welcome!"})
    assert intent.all_phrases == ("thanks",)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"key": "Thanks you"}, "a key is made of"),
        ({"action": "shout"}, "none of question, chitchat"),
        ({"phrases": {}}, "at least one example or phrase"),
        ({"phrases": {"fr": ["merci"]}}, "keys zh and en"),
        ({"phrases": ["thanks"]}, "must be an object"),
        ({"examples": {"en": "thanks"}}, "must be a list"),
        ({"examples": {"en": ["  "]}}, "not empty"),
        ({"keywords": []}, "unknown field 'keywords'"),
    ],
)
def test_it_says_what_is_wrong(change, complaint):
    with pytest.raises(IntentError, match=complaint):
        definitions_from([{**GOOD, **change}])


def test_a_key_stands_once():
    with pytest.raises(IntentError, match="twice"):
        definitions_from([GOOD, GOOD])


def test_a_phrase_leads_to_one_intent():
    with pytest.raises(IntentError, match="belongs to"):
        definitions_from([GOOD, {**GOOD, "key": "other", "phrases": {"en": ["Thanks"]}}])


def test_a_reply_changes_no_judgement():
    other = definitions_from([{**GOOD, "replies": {"en": "Sure."}}])
    assert checksum(other) == checksum(definitions_from([GOOD]))
