"""The guard of numbers and units: "7 days" is neither "9 days" nor "7 hours".

Objects only where the phrasing has a number or unit of the same kind too: one that only the question has is a circumstance.
"""

from __future__ import annotations

from collections.abc import Collection

from knowledge.faq.guards.quantities import Quantity
from knowledge.faq.guards.wording import Difference


def differing(found: Difference, confirmed: Collection[Quantity]) -> tuple[str, str, str] | None:
    """("number" or "unit", what the question says, what the variant says); what the FAQ says elsewhere is no difference."""
    theirs = [one for one in found.theirs.quantities if not _is_among(one, found.asked.quantities)]
    for mine in found.asked.quantities:
        if _is_among(mine, found.theirs.quantities) or _is_said(mine, confirmed):
            continue
        for other in theirs:
            if guard := _objection(mine, other):
                return guard, str(mine), str(other)
    return None


def _objection(mine: Quantity, other: Quantity) -> str:
    if mine.value is None or other.value is None:
        return "unit" if mine.value is other.value and mine.unit != other.unit and mine.is_of_kind(other) else ""
    if mine.value == other.value:
        return "unit"
    if mine.unit == other.unit or not mine.unit or not other.unit:
        return "number"
    return "unit" if mine.is_of_kind(other) else ""


def _is_among(one: Quantity, others: Collection[Quantity]) -> bool:
    return any(one.agrees_with(other) for other in others)


def _is_said(one: Quantity, told: Collection[Quantity]) -> bool:
    """几小时 is told by any number of hours."""
    if one.value is None:
        return any(one.unit == other.unit for other in told)
    return _is_among(one, told)
