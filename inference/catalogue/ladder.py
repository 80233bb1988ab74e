"""The fall-back ladder: hub, pinned parts, the small English model, FAQs alone. No single source may stop a start.

Knows the order and what to say; having and converting are the store's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inference.catalogue.entries import HubSource, ModelEntry, catalogue, entry_of
from inference.catalogue.store import Tools, install, is_hub_reachable, is_whole
from inference.catalogue.wheels import Progress, SourceFailed

log = logging.getLogger(__name__)

MEND = "python manage.py models pull"
GENERATORS = ("csbot-moe-0.5b", "smollm2-135m")  # best first
ENCODER = "e5-small"
Reach = Literal["all", "reduced", "faqs", "nothing"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """`generator` is None where the product runs on FAQs alone; `lost` says why each better rung failed."""

    encoder: Path | None
    generator: Path | None
    lost: tuple[str, ...] = ()

    @property
    def reach(self) -> Reach:
        """How much of the product works with what was had."""
        if self.encoder is None:
            return "nothing"
        if self.generator is None:
            return "faqs"
        return "all" if self.generator.name == GENERATORS[0] else "reduced"


def pull_default(models_dir: Path, progress: Progress, *, tools: Tools | None = None, hub: Callable[[], bool] = is_hub_reachable) -> Pulled:
    """What the default profile needs, from the best source that gives it."""
    lost: list[str] = []
    encoder = _first([entry_of(ENCODER)], models_dir, progress, tools=tools, hub=hub, lost=lost)
    if encoder is None:
        return Pulled(None, None, tuple(lost))
    generator = _first([entry_of(name) for name in GENERATORS], models_dir, progress, tools=tools, hub=hub, lost=lost)
    return Pulled(encoder, generator, tuple(lost))


def pull(name: str, models_dir: Path, progress: Progress, *, tools: Tools | None = None, hub: Callable[[], bool] = is_hub_reachable) -> Path:
    """One model by name, a damaged one anew. Raises `SourceFailed` with every source's reason."""
    lost: list[str] = []
    found = _first([entry_of(name)], models_dir, progress, tools=tools, hub=hub, lost=lost)
    if found is None:
        raise SourceFailed("; ".join(lost))
    return found


def _first(
    entries: Iterable[ModelEntry], models_dir: Path, progress: Progress, *, tools: Tools | None, hub: Callable[[], bool], lost: list[str]
) -> Path | None:
    for entry in entries:
        if is_whole(models_dir / entry.name):
            return models_dir / entry.name
        for source in entry.sources:
            if isinstance(source, HubSource) and not hub():
                lost.append(f"{entry.name}: the model hub cannot be reached")
                continue
            try:
                return install(entry, source, models_dir, progress, tools)
            except SourceFailed as error:
                log.warning("%s", error)
                lost.append(str(error))
    return None


def default_generator(models_dir: Path) -> Path | None:
    """The best rung that is there and whole."""
    return next((models_dir / name for name in GENERATORS if is_whole(models_dir / name)), None)


def model_folder(name: str, models_dir: Path) -> Path | None:
    return models_dir / name if name in catalogue() and is_whole(models_dir / name) else None
