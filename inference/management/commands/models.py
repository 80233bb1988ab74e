"""`manage.py models list|pull|verify|upcycle`: the catalogue, for operators."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inference.catalogue import ladder, manifest, store
from inference.catalogue.drafts import drafted
from inference.catalogue.entries import CatalogueError, catalogue
from inference.catalogue.wheels import SourceFailed

NOTE = _("Models come inside packages of the registry; they are taken as data: hash-checked, unzipped, nothing in them imported or run.")
BANNERS = {
    "reduced": _("REDUCED: a small model answers, in English only. Mend it with: %(mend)s"),
    "faqs": _("FAQs ONLY: no generator could be had, so questions beyond the FAQs are offered a person. Mend it with: %(mend)s"),
    "nothing": _("No encoder: nothing can be answered. Mend it with: %(mend)s"),
}
BAR = 24


class Command(BaseCommand):
    help = "List, pull, verify and upcycle models."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="what the catalogue knows and what is here")
        listing.add_argument("--json", action="store_true")
        pulling = actions.add_parser("pull", help="fetch models; without a name what the default profile needs")
        pulling.add_argument("names", nargs="*")
        verifying = actions.add_parser("verify", help="read every byte of what is here")
        verifying.add_argument("names", nargs="*")
        upcycling = actions.add_parser("upcycle", help="a dense model's folder as a mixture of experts, equal at birth")
        upcycling.add_argument("source", type=Path)
        upcycling.add_argument("target", type=Path)
        upcycling.add_argument("--form", choices=["add", "split"], default="add", help="add empty experts, or split the model's own neurons")
        upcycling.add_argument("--experts", type=int, default=8)
        upcycling.add_argument("--active", type=int, help="experts on for a token (add: 2, split: 6 or what the recipe says)")
        upcycling.add_argument("--width", type=int, default=64, help="add: inner size of a routed expert")
        upcycling.add_argument("--shared", type=float, default=0.5, help="split: part of the neurons that is always on (default 0.5)")
        upcycling.add_argument("--recipe", type=Path, help="split: used where it exists, else made (default: TARGET.recipe)")
        upcycling.add_argument("--texts", type=Path, help="split: JSON lines of grounded_qa's format, to make a recipe and to measure")
        upcycling.add_argument("--tokens", type=int, default=16_000, help="split: how much of the texts is read for a recipe")
        upcycling.add_argument("--heal", type=int, metavar="STEPS", help="split: correct a new recipe's projections; 0 in closed form only")

    @translation.override(settings.OPERATORS_LANGUAGE)
    def handle(self, *args: Any, **options: Any) -> None:
        # The libraries' own bars and warnings would hide ours.
        os.environ |= {"TQDM_DISABLE": "1", "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        self.models_dir = Path(settings.CSBOT.models_dir)
        getattr(self, "do_" + options["action"])(options)

    def do_list(self, options: dict[str, Any]) -> None:
        states = store.states(self.models_dir)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(state) for state in states], ensure_ascii=False))
            return
        for state in states:
            mark = "default" if state.is_default else ""
            self.stdout.write(f"{state.name:18}{state.kind:11}{state.state:9}{mark:9}{state.licence:12}{', '.join(state.languages)}  {state.detail}")

    def do_pull(self, options: dict[str, Any]) -> None:
        start = time.monotonic()
        bar = ProgressBar()
        if options["names"]:
            self._pull_named(options["names"], bar)
        else:
            self._pull_default(bar)
        bar.end()
        what = gettext("models are there: %(folder)s (%(seconds).1f s)")
        self.stderr.write(what % {"folder": self.models_dir, "seconds": time.monotonic() - start})

    def _pull_named(self, names: list[str], bar: ProgressBar) -> None:
        try:
            for name in names:
                ladder.pull(name, self.models_dir, bar)
        except (SourceFailed, CatalogueError) as error:
            raise CommandError(str(error)) from error

    def _pull_default(self, bar: ProgressBar) -> None:
        pulled = ladder.pull_default(self.models_dir, bar)
        bar.end()
        for reason in pulled.lost:
            self.stderr.write(f"  {reason}")
        if banner := BANNERS.get(pulled.reach):
            self.stderr.write(f"\n*** {banner % {'mend': ladder.MEND}}\n")
        if pulled.encoder is None:
            sys.exit(1)

    def do_verify(self, options: dict[str, Any]) -> None:
        names = options["names"] or [name for name in catalogue() if (self.models_dir / name).is_dir()]
        for name in names:
            start = time.monotonic()
            try:
                manifest.verify(self.models_dir / name, thoroughly=True)
            except manifest.ModelDamaged as error:
                raise CommandError(str(error)) from error
            what = gettext("%(name)s: whole (%(seconds).1f s)")
            self.stdout.write(what % {"name": name, "seconds": time.monotonic() - start})

    def do_upcycle(self, options: dict[str, Any]) -> None:
        from inference.catalogue.upcycle import CannotUpcycle

        source, target = options["source"], options["target"]
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise CommandError(gettext("%(folder)s exists already and is not empty") % {"folder": target})
        try:
            with drafted(target) as draft:
                told = self._split(options, draft) if options["form"] == "split" else self._add(options, draft)
                manifest.write(draft, name=target.name, licence="as the source", source=str(source), form=options["form"])
        except (CannotUpcycle, SourceFailed, OSError, ValueError, KeyError) as error:
            raise CommandError(f"{source}: {error}") from error
        self.stdout.write(told)

    def _add(self, options: dict[str, Any], draft: Path) -> str:
        from inference.catalogue.upcycle import Experts, upcycle_folder

        experts = Experts(options["experts"], 2 if options["active"] is None else options["active"], options["width"])
        upcycle_folder(options["source"], draft, experts)
        what = gettext("%(folder)s: a mixture of %(number)d experts, %(active)d active, equal to the dense model")
        return what % {"folder": options["target"], "number": experts.number, "active": experts.active}

    def _split(self, options: dict[str, Any], draft: Path) -> str:
        from inference.catalogue.split_folder import Wishes, split_folder

        recipe = options["recipe"] or options["target"].with_name(options["target"].name + ".recipe")
        wishes = Wishes(recipe, *(options[name] for name in ("texts", "experts", "active", "heal", "tokens", "shared")))
        made, likeness = split_folder(options["source"], draft, wishes, self.stderr.write)
        what = gettext("%(folder)s: the dense model split into a shared and %(number)d routed experts, %(active)d active")
        told = what % {"folder": options["target"], "number": made.shape.experts, "active": made.shape.active}
        if likeness is None:
            return told
        what = gettext("on texts held out it chooses %(same).1f %% of the next tokens as the dense model does; perplexity %(dense).2f, now %(now).2f")
        return f"{told}\n{what % {'same': 100 * likeness.same_choice, 'dense': likeness.dense_perplexity, 'now': likeness.perplexity}}"


class ProgressBar:
    """One line that grows on a terminal; a line for each tenth elsewhere."""

    def __init__(self) -> None:
        self._what = ""
        self._tenth = -1
        self._is_terminal = sys.stderr.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        if not self._what:
            sys.stderr.write(f"{NOTE}\n")
        if what != self._what:
            self.end()
            self._what, self._tenth = what, -1
        tenth = 10 * done // max(total, 1)
        if self._is_terminal:
            filled = BAR * done // max(total, 1)
            sys.stderr.write(f"\r  {what} [{'#' * filled}{'.' * (BAR - filled)}] {done / 1e6:.0f} of {total / 1e6:.0f} MB ")
        elif tenth != self._tenth:
            sys.stderr.write(f"  {what} {done / 1e6:.0f} of {total / 1e6:.0f} MB\n")
        self._tenth = tenth
        sys.stderr.flush()

    def end(self) -> None:
        if self._what and self._is_terminal:
            sys.stderr.write("\n")
