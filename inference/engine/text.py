"""Between text and tokens: renders a conversation for the model, turns tokens back into text as they come.

Knows tokenizers; nothing of engines or models. Untrusted text can never become a control token here: whatever the
tokenizer would read as one of its own special tokens is broken up before the chat template is applied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from inference.contracts import ChatMessage


class Tokenizer(Protocol):
    """What is used of a transformers tokenizer."""

    chat_template: str | None
    backend_tokenizer: Any
    added_tokens_decoder: dict[int, Any]

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any: ...

    def encode(self, text: str, **options: Any) -> list[int]: ...

    def decode(self, ids: Sequence[int], **options: Any) -> str: ...


class Renderer:
    """Messages to token ids."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        # The longest first, so that no special token survives inside a longer one.
        names = sorted({str(token.content) for token in tokenizer.added_tokens_decoder.values()}, key=len, reverse=True)
        self._special = re.compile("|".join(re.escape(name) for name in names if name.strip())) if names else None

    def __call__(self, messages: Sequence[ChatMessage]) -> list[int]:
        turns = [{"role": message.role, "content": self.defuse(message.content)} for message in messages]
        if self._tokenizer.chat_template:
            text = self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
        else:
            text = "\n\n".join(f"{turn['role']}: {turn['content']}" for turn in turns) + "\n\nassistant:"
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def defuse(self, text: str) -> str:
        """The text with every special token broken by a space after its first character, until none is left."""
        while self._special is not None and self._special.search(text):
            text = self._special.sub(lambda found: f"{found[0][:1]} {found[0][1:]}" if len(found[0]) > 1 else " ", text)
        return text


class Detokeniser:
    """Tokens to text, one at a time; half a character is held back until its other half has come."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        from tokenizers.decoders import DecodeStream

        self._tokenizer = tokenizer
        self._stream = DecodeStream([], skip_special_tokens=True)
        self._pending: list[int] = []

    def feed(self, tokens: Sequence[int]) -> str:
        return "".join(self._step(token) for token in tokens)

    def flush(self) -> str:
        """What still stands out at the end: bytes that never became a character are left out."""
        pending, self._pending = self._pending, []
        return self._tokenizer.decode(pending, skip_special_tokens=True).rstrip("\ufffd") if pending else ""

    def _step(self, token: int) -> str:
        self._pending.append(token)
        text: str | None = self._stream.step(self._tokenizer.backend_tokenizer, token)
        if text is None:
            return ""
        self._pending.clear()
        return text
