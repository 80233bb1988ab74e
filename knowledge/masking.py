"""What the product may use of personal data: the facade's part for it. Importing it is cheap."""

from __future__ import annotations

from knowledge.contracts import Hiding, Language


def mask_personal(text: str, language: str = "") -> str:
    """The text with [phone] or [电话] where somebody's data stood: in the reader's language, or in the text's own."""
    from knowledge.personal.finding import mask

    return mask(text, language)


def mask_log(text: str) -> str:
    """The same for operators: addresses of private networks stay, since they name their own machines."""
    from knowledge.personal.finding import mask_log as mask

    return mask(text)


def holds_personal(text: str) -> bool:
    from knowledge.personal.finding import find

    return bool(find(text))


def hide_personal(text: str, language: Language) -> Hiding:
    """The text as a model may see it, and the way back for what the model writes."""
    from knowledge.personal.hiding import Hidden

    return Hidden(text, language)
