"""How log records become lines. Knows the logging library; no product words."""

from __future__ import annotations

import copy
import logging


class OneLine(logging.Formatter):
    """Drops tracebacks: for what anybody outside can cause as often as they like."""

    def format(self, record: logging.LogRecord) -> str:
        bare = copy.copy(record)
        bare.exc_info = bare.exc_text = bare.stack_info = None
        return super().format(bare)


def is_fault(record: logging.LogRecord) -> bool:
    """An exception of ours, and not an answer that a view chose, such as the 503 of a start that goes on."""
    return record.exc_info is not None
