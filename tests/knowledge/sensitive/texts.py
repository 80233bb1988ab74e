"""Word lists and texts that hypothesis plays with: few characters, so that words really occur."""

from __future__ import annotations

from hypothesis import strategies as st

from knowledge.contracts import Level
from knowledge.sensitive.terms import Term

LETTERS = "aabsi"
HAN = "傻逼微"
SIGNS = "@$!1 54-.，\u200b\u0301👍\n。a"
ALPHABET = LETTERS + HAN + SIGNS + "Ａаß㎏①藥🇦2一ⅠⅤ"

texts = st.text(st.sampled_from(ALPHABET), max_size=24)
forms = st.text(st.sampled_from("asbil傻逼微 1药2一"), min_size=1, max_size=5)
terms = st.builds(Term, forms, st.just("abuse"), st.sampled_from(list(Level)), st.sampled_from(["zh", "en"]))
word_lists = st.lists(terms, max_size=6)
allow_lists = st.lists(st.text(st.sampled_from("asbi傻逼微' "), min_size=2, max_size=6), max_size=2)


@st.composite
def planted(draw: st.DrawFn, base: st.SearchStrategy[str] = texts) -> tuple[list[Term], list[str], str]:
    """Lists, and a text in which some of their words stand."""
    listed = draw(word_lists)
    pieces = [draw(base)]
    for term in listed[:2]:
        pieces += [term.text, draw(base)]
    return listed, draw(allow_lists), "".join(pieces)


LONGER = st.text(st.sampled_from("fuckbi"), min_size=2, max_size=7)


@st.composite
def written_apart(draw: st.DrawFn) -> tuple[list[Term], str]:
    """Latin words in one piece, in two, in many, with letters doubled."""
    word = draw(LONGER)
    listed = [word, word[:3] + draw(LONGER), *draw(st.lists(st.one_of(LONGER, st.builds("{} {}".format, LONGER, LONGER)), max_size=2))]
    joints = st.sampled_from(["", "", "", " ", ".", ". ", " ", "u"])
    text = "".join(char + draw(joints) for word in draw(st.lists(st.sampled_from(listed), min_size=1, max_size=3)) for char in f"{word} ")
    return [Term(word, language="en") for word in listed], text


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
