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


@pytest.mark.parametrize(("one", "other"), [("thanks", "Thanks"), ("转人工", "轉人工"), ("thank you", "ＴＨＡＮＫ  you!"), ("soooo", "sooooo")])
def test_a_phrase_leads_to_one_intent(one, other):
    """However it is spelt: a message is read alike."""
    with pytest.raises(IntentError, match="belongs to"):
        definitions_from([{**GOOD, "phrases": {"zh": [one]}}, {**GOOD, "key": "other", "phrases": {"zh": [other]}}])


def test_what_has_no_words_leads_nowhere():
    assert len(definitions_from([{**GOOD, "phrases": {"en": ["!!"]}}, {**GOOD, "key": "other", "phrases": {"en": ["🙂"]}}])) == 2


def test_a_reply_changes_no_judgement():
    other = definitions_from([{**GOOD, "replies": {"en": "Sure."}}])
    assert checksum(other) == checksum(definitions_from([GOOD]))
