"""What a site's chat looks like: its colour, its corner, its sign. Plain values; knows no rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

POSITIONS = [("right", _("right")), ("left", _("left"))]
DEFAULT = {"colour": "#1f6f54", "position": "right", "mark": ""}


def appearance_of(stored: Mapping[str, Any] | None) -> dict[str, str]:
    """Whole, whatever is stored."""
    known = stored if isinstance(stored, dict) else {}
    return {name: value if isinstance(value := known.get(name), str) and value else usual for name, usual in DEFAULT.items()}


def contrast_of(one: str, other: str) -> float:
    """Of two colours #rrggbb, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
