"""Toneless pinyin: which syllables exist, how a run of Latin letters falls into them, which of them people confuse.

Knows sounds only. Does not know words.
"""

from __future__ import annotations

from functools import lru_cache

_BY_INITIAL = {
    "": "a ai an ang ao e ei en er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei eng i ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES = frozenset(initial + final for initial, finals in _BY_INITIAL.items() for final in finals.split())
LONGEST = 6
_CONFUSED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_CONFUSED_FINALS = (("ing", "in"), ("eng", "en"))


@lru_cache(maxsize=1024)
def blurred(syllable: str) -> str:
    """Equal for syllables that many speakers do not tell apart: zh and z, n and l, in and ing, en and eng."""
    for one, other in _CONFUSED_INITIALS:
        if syllable.startswith(one):
            syllable = other + syllable[len(one) :]
            break
    for one, other in _CONFUSED_FINALS:
        if syllable.endswith(one):
            return syllable[: -len(one)] + other
    return syllable


@lru_cache(maxsize=4096)
def num_syllables(letters: str) -> int:
    """The least number of syllables that make up the whole run; 0 where none do."""
    least = [0] + [0] * len(letters)
    for end in range(1, len(letters) + 1):
        starts = [s for s in range(max(0, end - LONGEST), end) if (s == 0 or least[s]) and letters[s:end] in SYLLABLES]
        least[end] = min((least[start] + 1 for start in starts), default=0)
    return least[-1]
