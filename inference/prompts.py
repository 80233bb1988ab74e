"""The prompts: named, versioned templates in both languages.

The system prompt is the same, byte for byte, in every answer of a language, so that its cache is shared; whatever
varies stands in the user message, from what varies least (material) to what varies most (question). All of it is
untrusted: fences, chat markers and control tokens in it are broken before they are used.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inference.contracts import ChatMessage, Language, Prompt, PromptEvidence, PromptExchange, PromptInput

HISTORY_CHARACTERS = {"zh": 200, "en": 600}  # about 150 tokens


@dataclass(frozen=True, slots=True)
class Template:
    """`system` is shared by all; `user` has the places material and question, `line` number and text."""

    name: str
    system: str
    user: str
    line: str
    nothing: str

    @property
    def version(self) -> str:
        content = "\0".join((self.system, self.user, self.line, self.nothing))
        return f"{self.name}@{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    @property
    def head(self) -> str:
        return self.user.split("{material}")[0] + self.line.split("{text}")[0].format(number=1)


# Half a billion parameters paraphrase badly: they drop a "not" and mix two numbers up. So the model is asked to find and repeat
# what the material says. Tried on sentences of our own (inference_bench has no quality figures; generate_eval has): asked to
# answer in its own words it turned 7 of 14 into the opposite, asked to repeat it turned none.
# The fence is the line: no text has a line break of its own, nor a number as the Chinese lines have. Brackets <<< >>> around Chinese
# material cost a fifth of its right sentences (110 training questions: 0.45 to 0.55 of 0.68), so they are around English material only.
# Of the embedded model's tokens the part that is always the same is one page of 16, exactly, in either language.
TEMPLATES: dict[Language, Template] = {
    "zh": Template(
        "repeat.zh",
        "你是网店客服。",
        "资料：\n{material}\n\n顾客问：{question}\n\n把资料里与这个问题有关的句子完整抄写一遍，不要改字：",
        "[{number}] {text}",
        "（无）",
    ),
    "en": Template(
        "repeat.en",
        "You are a copyist.",
        '<<<\n{material}\n>>>\n\nWhich sentence above is about "{question}"? Copy only that sentence, word for word:',
        "{text}",
        "(none)",
    ),
}
STOP = ("\n\n", "\n顾客", "\nWhich sentence")


def build_prompt(filling: PromptInput) -> Prompt:
    template = TEMPLATES[filling.language]
    history = [
        message
        for exchange in recent(filling.history, HISTORY_CHARACTERS[filling.language])
        for message in (ChatMessage("user", defuse(exchange.question)), ChatMessage("assistant", defuse(exchange.answer)))
    ]
    user = template.user.format(
        material=_material(template, filling.evidence) or template.nothing,
        question=_line(filling.question),  # as one: with lines of its own a question could bring material of its own
    )
    return Prompt(template.name, template.version, (ChatMessage("system", template.system), *history, ChatMessage("user", user)))


def system_prompts() -> tuple[tuple[ChatMessage, ...], ...]:
    """What an engine prefills at start: the part that every answer of a language shares, up to the first text."""
    return tuple((ChatMessage("system", template.system), ChatMessage("user", template.head)) for template in TEMPLATES.values())


def recent(history: tuple[PromptExchange, ...], characters: int) -> tuple[PromptExchange, ...]:
    """The newest whole exchanges that fit."""
    kept: list[PromptExchange] = []
    for exchange in reversed(history):
        characters -= len(exchange.question) + len(exchange.answer)
        if characters < 0:
            break
        kept.append(exchange)
    return tuple(reversed(kept))


def _material(template: Template, evidence: tuple[PromptEvidence, ...]) -> str:
    """One line for each piece. Titles stay out: a FAQ's title is a question, which a small model would repeat."""
    return "\n".join(template.line.format(number=number, text=_unnumbered(_line(piece.text))) for number, piece in enumerate(evidence, 1))


def _line(text: str) -> str:
    return " ".join(defuse(text).split())


def _unnumbered(text: str) -> str:
    return re.sub(r"\[(\d{1,2})\]", r"(\1)", text)


def without_numbers(pieces: Iterable[str]) -> Iterator[str]:
    """The text without the numbers of the material's lines, which mean nothing to a visitor. Holds back only "[1"."""
    held = ""
    for piece in pieces:
        if not piece:  # the engine's pulse
            yield piece
        held += piece
        start = held.rfind("[")
        waits = start >= 0 and len(held) - start <= 5 and re.fullmatch(r"\[\d{0,2}\]?\s?", held[start:])
        ready, held = (held[:start], held[start:]) if waits else (held, "")
        if ready := re.sub(r"\[\d{1,2}\]\s?", "", ready):
            yield ready
    if rest := re.sub(r"\[\d{1,2}\]\s?", "", held):
        yield rest


# --- untrusted text --------------------------------------------------------------------------------------------------

# Control tokens as model families write them: <|im_start|> <｜end▁of▁sentence｜> <s> </s> [INST] <<SYS>> <start_of_turn> <think>
_BARS = r"[|｜¦∣│❘ǀ]"
_OPEN, _CLOSE = r"[<＜〈‹﹤《]", r"[>＞〉›﹥》]"
_CONTROL = re.compile(
    rf"{_OPEN}\s*{_BARS}|{_BARS}\s*{_CLOSE}"
    rf"|{_OPEN}{{2,}}|{_CLOSE}{{2,}}"
    rf"|{_OPEN}\s*(?:/\s*)?(?:s|bos|eos|pad|unk|mask|cls|sep|sys|[a-z]+(?:[_▁][a-z]+)+|think|tool|assistant|user|system|inst|eot|eod|eom|im_\w+)\s*{_CLOSE}"
    r"|[\[［【〔]\s*(?:/\s*)?(?:inst|sys|system_prompt|tool_calls?|available_tools|tool_results|bos|eos|pad|cls|sep|mask|unk|img)\s*[\]］】〕]",
    re.IGNORECASE,
)
_QUOTES = str.maketrans("<>＜＞〈〉‹›﹤﹥《》[]［］【】〔〕|｜¦∣│❘ǀ", "(" + ")" + "()" * 5 + "()" * 4 + "/" * 7)


def defuse(text: str) -> str:
    """The text with invisible characters gone and everything that looks like a control token in plain brackets."""
    visible = "".join(character for character in text if character in "\n\t" or unicodedata.category(character) not in {"Cf", "Cc", "Co", "Cs"})
    while _CONTROL.search(visible):
        visible = _CONTROL.sub(lambda found: found[0].translate(_QUOTES), visible)
    return visible
