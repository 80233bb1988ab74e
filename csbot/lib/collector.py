"""Python's garbage collector in processes that live long: what has been loaded stays, so it is not gone through again and again.

Libraries and models are half a million objects. A full collection visits them all, in the middle of an answer, and finds nothing.
"""

from __future__ import annotations

import gc

_BEFORE_A_LOOK = 20_000  # new containers; Python's 700 are a few rows of a database


def spare_what_is_loaded() -> None:
    """To be called once everything is imported and loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BEFORE_A_LOOK, *gc.get_threshold()[1:])
