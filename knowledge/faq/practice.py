"""Practice: how topics are found by strangers' words, on the shipped topics of other trades (knowledge.faq.tuning.corpus).

A base's own phrasings are edited and few; visitors use words of their own. So what a router learns from its own bank starts
from what it learns here, with the same encoder and the same measures: nothing learnt is shipped, any encoder will do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from knowledge.contracts import LANGUAGES
from knowledge.faq.bank import Bank, BankFaq, BankVariant
from knowledge.faq.encoder import Encoder
from knowledge.faq.examples import Example, background_texts
from knowledge.faq.features import Measure
from knowledge.faq.index import Rows, VariantIndex, rows_of
from knowledge.faq.tuning.corpus import Topic, topics

MOST_KEPT = 3  # phrasings of a topic in the bank: 1, 2, 3, 1, 2, 3 …
ASKED = 3  # phrasings of a topic and language that are asked
FIRST_GROUP = 1_000_000  # groups of practice never meet a base's own

_kept: dict[str, tuple[Example, ...]] = {}
_lock = threading.Lock()


def practice(encoder: Encoder) -> tuple[Example, ...]:
    """Made once for each encoder in a process; takes some seconds."""
    with _lock:
        if encoder.version not in _kept:
            _kept[encoder.version] = tuple(_examples(encoder))
        return _kept[encoder.version]


def _examples(encoder: Encoder) -> Iterator[Example]:
    practised = topics(practice=True)
    if not practised:
        return
    bank = _bank(practised)
    texts = [text for topic in practised for text in topic.texts()]
    told = [text for text, _ in background_texts()]
    encoded = encoder.encode([*texts, *told])  # at once: many small batches take far longer
    vectors = dict(zip(texts, encoded[: len(texts)], strict=True))
    background = encoded[len(texts) :]
    index = VariantIndex.build(bank, np.stack([vectors[text] for _, text in rows_of(bank)]), background)
    measure = Measure.over(index, background)
    siblings = _siblings(practised, index)
    for number, topic in enumerate(practised):
        group = FIRST_GROUP + number
        for language in LANGUAGES:
            asked = [index.ask(text, vectors[text]) for text in topic.asked[language][_kept_of(number) :][:ASKED]]
            for one in asked:
                yield Example("known", language, number, group, measure(one))
            for one in asked[:1]:
                yield Example("hidden", language, -1, group, measure(one, without=index.rows_of[number]))
            for text in topic.others[language]:
                # What this topic does not mean, a neighbour may: neighbours are hidden.
                yield Example("other", language, -1, group, measure(index.ask(text, vectors[text]), without=siblings[number]))


def _bank(practised: Sequence[Topic]) -> Bank:
    faqs = []
    for number, topic in enumerate(practised):
        variants = [
            BankVariant(text, language, is_canonical=not place)
            for language in LANGUAGES
            for place, text in enumerate(topic.asked[language][: _kept_of(number)])
        ]
        faqs.append(BankFaq(f"{topic.domain}.{topic.name}", tuple(variants)))
    return Bank("practice", tuple(faqs))


def _kept_of(number: int) -> int:
    return 1 + number % MOST_KEPT


def _siblings(practised: Sequence[Topic], index: VariantIndex) -> list[Rows]:
    """Per topic the rows of the other topics of its domain."""
    found = []
    for number, topic in enumerate(practised):
        rows = [index.rows_of[other] for other, its in enumerate(practised) if its.domain == topic.domain and other != number]
        found.append(np.concatenate([np.zeros(0, dtype=np.int64), *rows]))
    return found


