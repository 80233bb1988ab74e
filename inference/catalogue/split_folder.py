"""A local dense folder to a mixture of form `split`: with a recipe that is there, or with one found from texts and kept.

The steps in their order and the files between them; each step's work is elsewhere. A killed run goes on when it is asked for
again with the same wishes: finished steps lie beside the recipe in a folder of their own until the recipe is whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inference.catalogue.calibration import RANK, Calibration, calibrate
from inference.catalogue.healing import Healing, heal
from inference.catalogue.likeness import Likeness, compare
from inference.catalogue.recipe import Recipe, load_recipe, save_recipe
from inference.catalogue.shape import MAX_BYTES, rank_within, shape_of
from inference.catalogue.splitting import load_dense, split_experts
from inference.catalogue.texts import Texts, first_tokens, read_texts
from inference.catalogue.upcycle import CannotUpcycle, require_model, save

TOKENS = 16_000
HEALING_TOKENS = 120_000  # each step reads others; calibration takes the first of them
HELD_OUT_TOKENS = 6_000
ACTIVE = 6


@dataclass(frozen=True, slots=True)
class Wishes:
    """`recipe` is used where it exists, else made from `texts`. `heal`: None leaves a new recipe unhealed, 0 corrects the
    projections in closed form, more are steps of distillation after that."""

    recipe: Path
    texts: Path | None = None
    experts: int = 8
    active: int | None = None
    heal: int | None = None
    tokens: int = TOKENS
    shared: float = 0.5

    def __post_init__(self) -> None:
        if self.heal is not None and self.heal < 0:
            raise CannotUpcycle(f"{self.heal} steps of healing are impossible")
        if self.tokens < 1:
            raise CannotUpcycle(f"{self.tokens} tokens are no text")
        if not self.recipe.exists() and self.texts is None:
            raise CannotUpcycle(f"there is no recipe {self.recipe}; one is made from texts (--texts)")


def split_folder(source: Path, target: Path, wishes: Wishes, say: Callable[[str], None]) -> tuple[Recipe, Likeness | None]:
    """Writes the mixture to `target`; the likeness to the dense model where there are texts to measure it on."""
    require_model(source)
    found = load_recipe(wishes.recipe) if wishes.recipe.exists() else None
    if found and wishes.active not in {None, found.shape.active}:
        raise CannotUpcycle(f"{wishes.recipe} is made for {found.shape.active} active experts, not {wishes.active}")
    dense, tokenizer = load_dense(source)
    tokens = max(HEALING_TOKENS if wishes.heal else 0, wishes.tokens)
    texts = read_texts(wishes.texts, tokenizer, tokens=tokens, held_out_tokens=HELD_OUT_TOKENS) if wishes.texts else None
    if found is None:
        found = make_recipe(dense, texts, wishes, say)
    mixture = split_experts(dense, found)
    likeness = compare(dense, mixture, texts.held_out) if texts else None
    save(mixture, tokenizer, target)
    return found, likeness


def make_recipe(dense: Any, texts: Texts | None, wishes: Wishes, say: Callable[[str], None]) -> Recipe:
    """Saves it as `wishes.recipe`."""
    if texts is None:
        raise CannotUpcycle(f"{wishes.recipe} went away")
    work = wishes.recipe.with_name(wishes.recipe.name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    active = min(ACTIVE, wishes.experts) if wishes.active is None else wishes.active
    shape = shape_of(dense.config.intermediate_size, wishes.experts, active, wishes.shared)
    rank = 0 if wishes.heal is None else min(RANK, rank_within(MAX_BYTES, shape, len(dense.model.layers), dense.config.hidden_size))
    recipe = calibrate(dense, first_tokens(texts.learned, wishes.tokens), Calibration(shape, rank, texts.note), work, say)
    if wishes.heal:
        healed = heal(dense, recipe, texts.learned, Healing(wishes.heal), work, say)
        recipe = nearer(dense, recipe, healed, texts, say)
    recipe = replace(recipe, note=f"{texts.note}; rank {rank}, {wishes.heal or 0} steps of distillation")
    save_recipe(recipe, wishes.recipe)
    shutil.rmtree(work)
    return recipe


def nearer(dense: Any, before: Recipe, healed: Recipe, texts: Texts, say: Callable[[str], None]) -> Recipe:
    """Whichever diverges less on the texts held out: too few steps, or too large ones, leave a model further off than they found it."""
    was, now = (compare(dense, split_experts(dense, recipe), texts.held_out).divergence for recipe in (before, healed))
    say(f"divergence on texts held out: {was:.4f} before the distillation, {now:.4f} after it; the nearer one is kept")
    return healed if now < was else before
