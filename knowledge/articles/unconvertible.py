"""Why a file gives no article."""

from __future__ import annotations

from typing import Literal

Problem = Literal["damaged", "locked", "no_text", "long"]


class Unconvertible(ValueError):
    """`code`: damaged, locked (by a password), no_text (pictures of pages), long."""

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code = code
