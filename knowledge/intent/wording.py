"""How a message is worded, as weighted terms: words, pairs of them, pieces, and in Chinese the frame that its words stand in.

"播放两只老虎" and "播放小苹果" share a frame (play + name) where they share no name. Knows texts; no intents, no vectors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.normalise import grams, parts_of_speech, words

Weights = NDArray[np.float32]

_HAN = re.compile(r"[\u3400-\u9fff]")


class Terms:
    """Terms weighted by rarity (TF-IDF), rows of length 1."""

    def __init__(self, vocabulary: dict[str, int], idf: Weights) -> None:
        self.vocabulary, self.idf = vocabulary, idf

    @classmethod
    def build(cls, texts: Sequence[str]) -> Terms:
        counted = Counter(term for text in texts for term in set(terms_of(text)))
        vocabulary = {term: place for place, term in enumerate(sorted(counted))}
        idf = np.array([np.log((1 + len(texts)) / (1 + counted[term])) + 1 for term in vocabulary], dtype=np.float32)
        return cls(vocabulary, idf)

    def rows(self, texts: Iterable[str]) -> Any:
        """scipy CSR, (n, num_terms)."""
        from scipy import sparse

        data, columns, starts = [], [], [0]
        for text in texts:
            places, weights = self.row(text)
            data.append(weights)
            columns.append(places)
            starts.append(starts[-1] + len(places))
        return sparse.csr_matrix((np.concatenate(data), np.concatenate(columns), starts), shape=(len(starts) - 1, len(self.vocabulary)))

    def row(self, text: str) -> tuple[NDArray[np.int32], Weights]:
        """Places in the vocabulary, rising, and the weight of each."""
        found = {self.vocabulary[term]: 1 + np.log(count) for term, count in Counter(terms_of(text)).items() if term in self.vocabulary}
        places = np.array(sorted(found), dtype=np.int32)
        weights = np.array([found[int(place)] for place in places], dtype=np.float32) * self.idf[places]
        return places, weights / max(float(np.linalg.norm(weights)), 1e-9)


def terms_of(text: str) -> list[str]:
    found = words(text)
    pairs = (f"{one} {other}" for one, other in zip(found, found[1:], strict=False))
    return [*found, *pairs, *(f"·{gram}" for gram in grams(text)), *_frames(text)]


def _frames(text: str) -> Iterator[str]:
    """Parts of speech for words: of the whole message, of neighbours, and each word beside its neighbour's part."""
    if not _HAN.search(text):
        return  # nobody tags the parts of Latin words
    tagged = [("<", "<"), *parts_of_speech(text), (">", ">")]
    yield "/".join(part for _, part in tagged)
    yield from (f"/{part}" for _, part in tagged[1:-1])
    for (one, its), (other, others) in zip(tagged, tagged[1:], strict=False):
        yield from (f"{one}/{others}", f"{its}/{other}", f"{its}/{others}")
