"""Keeps the libraries' advice out of a worker's log. Their errors stay; knows logger names only, imports no library."""

from __future__ import annotations

import logging
import warnings

_CHATTY = ("ContinuousBatchingLogger", "transformers", "torch.distributed")


def quieten() -> None:
    """Flash attention, CUDA graphs and seeds: true, of no use to an operator, and written at every start.

    The library's own logger does not hand its records on, so its level is what decides.
    """
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(?:transformers|torch)(?:\.|$)")
