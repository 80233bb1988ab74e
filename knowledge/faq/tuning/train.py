"""Teaches the encoder that two customers ask the same: `python -m knowledge.faq.tuning.train ENCODER_FOLDER`. Half an hour.

Low-rank changes (LoRA, Hu et al. 2021) to the linear layers, by a contrastive loss on the corpus: phrasings of a topic come together,
neighbours and look-alikes stay apart, and all stay near where the encoder had them. Runs are averaged, which no single run is as
good as (Wortsman et al. 2022). The result is a few megabytes beside this file (knowledge.faq.tuning.delta reads it). The shipped one
averages two such files: one of this script (the newer topics stood in two domains then), and one of 250 steps from when the corpus was a
third of its size. Run by hand; the product never trains here.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize

from knowledge.contracts import LANGUAGES
from knowledge.faq.tuning.corpus import Topic, topics
from knowledge.faq.tuning.delta import delta_write

log = logging.getLogger(__name__)

RANK = 16
STEPS = 400
SEEDS = (20261128, 7)
WARM_UP = 20
RATE = 2e-4
TEMPERATURE = 0.1
KEEP = 3.0  # how much it counts to stay where the encoder had a text
DOMAINS_A_STEP, TOPICS_A_DOMAIN, PHRASINGS = 3, 6, 4
MOST_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Batch:
    texts: list[str]
    meant: Tensor  # (n,) equal numbers ask the same


class LowRank(nn.Module):
    """W + B·A; B starts at zero, so that nothing is changed at first."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(rank, weight.shape[1]) / weight.shape[1] ** 0.5)
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.b @ self.a


class Learner:
    """A sentence encoder with mean pooling whose linear layers may bend."""

    def __init__(self, folder: Path, prefix: str = "query: ") -> None:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.tokenizer, self.prefix = model.tokenizer, prefix
        self.network: Any = model[0].auto_model.eval()  # no dropout: there is little to learn from, and little is changed
        self.network.requires_grad_(False)
        self.low: dict[str, LowRank] = {}

    def bend(self) -> list[nn.Parameter]:
        linears = {name: module for name, module in self.network.named_modules() if isinstance(module, nn.Linear) and ".layer." in name}
        for name, module in linears.items():
            self.low[name] = LowRank(module.weight, RANK)
            parametrize.register_parametrization(module, "weight", self.low[name])
        return [parameter for low in self.low.values() for parameter in low.parameters()]

    def encode(self, texts: list[str]) -> Tensor:
        """(n, d) of length 1."""
        batch = self.tokenizer(
            [self.prefix + text for text in texts], return_tensors="pt", padding=True, truncation=True, max_length=MOST_TOKENS
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.network(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).float()
        return functional.normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=-1)

    @torch.no_grad()
    def encode_all(self, texts: list[str]) -> dict[str, Tensor]:
        ordered = sorted(set(texts), key=len)
        found = [self.encode(ordered[start : start + 64]) for start in range(0, len(ordered), 64)]
        return dict(zip(ordered, torch.cat(found), strict=True))


def batch_of(by_domain: dict[str, list[Topic]], dice: random.Random) -> Batch:
    """Topics of a few domains, so that most of what must stay apart is near; each with look-alikes of other meaning.

    One language a step: that translations meet, the encoder knows already, and to teach it blurs what only one language tells apart.
    """
    texts: list[str] = []
    meant: list[int] = []
    language = dice.choice(LANGUAGES)
    for domain in dice.sample(sorted(by_domain), DOMAINS_A_STEP):
        for topic in dice.sample(by_domain[domain], TOPICS_A_DOMAIN):
            number = len(texts)
            asked = dice.sample(topic.asked[language], PHRASINGS)
            texts += [*asked, *topic.others[language]]
            meant += [number] * len(asked) + [-len(texts) - place for place in range(len(topic.others[language]))]
    return Batch(texts, torch.tensor(meant))


def loss_of(vectors: Tensor, before: Tensor, centre: Tensor, meant: Tensor) -> Tensor:
    """Every phrasing against every other of its topic, with all that means something else as contrast; cosines about the centre."""
    centred = functional.normalize(vectors - centre, dim=-1)
    alike = centred @ centred.T / TEMPERATURE
    same = meant[:, None] == meant[None, :]
    others = torch.logsumexp(alike.masked_fill(same, -1e9), dim=1, keepdim=True)
    pairs = same & ~torch.eye(len(meant), dtype=torch.bool)
    contrast = (functional.softplus(others - alike) * pairs).sum() / pairs.sum()
    moved = 1 - (centred * functional.normalize(before - centre, dim=-1)).sum(dim=1).mean()
    return contrast + KEEP * moved


def train(folder: Path, *, steps: int, seed: int) -> Learner:
    dice = random.Random(seed)
    torch.manual_seed(seed)
    by_domain: dict[str, list[Topic]] = defaultdict(list)
    for topic in topics(practice=False):
        by_domain[topic.domain].append(topic)
    learner = Learner(folder)
    before = learner.encode_all([text for own in by_domain.values() for topic in own for text in topic.texts()])
    centre = torch.stack(list(before.values())).mean(dim=0)
    optimiser = torch.optim.AdamW(learner.bend(), lr=RATE, weight_decay=0.01)
    started = time.monotonic()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * max(0.05, 1 - step / steps)
        batch = batch_of(by_domain, dice)
        loss = loss_of(learner.encode(batch.texts), torch.stack([before[text] for text in batch.texts]), centre, batch.meant)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad()
        if step % 20 == 0:
            log.info("step %s of %s: loss %.3f, %.0f s", step, steps, loss.item(), time.monotonic() - started)
    return learner


def averaged(runs: list[LowRank]) -> tuple[Tensor, Tensor]:
    """Side by side: the product of the wider matrices is the mean of the products."""
    return torch.cat([low.b.detach() / len(runs) for low in runs], dim=1), torch.cat([low.a.detach() for low in runs])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path, help="folder of the encoder that is taught")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("delta.safetensors"))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    runs = [train(options.encoder, steps=options.steps, seed=seed).low for seed in options.seeds]
    delta_write(options.out, options.encoder, {name: averaged([low[name] for low in runs]) for name in runs[0]})


if __name__ == "__main__":
    main()
