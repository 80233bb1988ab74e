"""How the neurons of a feed-forward block are shared out in a `split`, in numbers. Knows nothing of weights."""

from __future__ import annotations

from dataclasses import dataclass

from inference.catalogue.upcycle import CannotUpcycle

ALIGNED = 8  # 16 bytes of bf16: grouped matrix kernels take no other width
MAX_BYTES = 32_000_000  # of a recipe that may ship with the product
HEADER_BYTES = 65_536  # more than any has


@dataclass(frozen=True, slots=True)
class Shape:
    """`shared` of `inner` neurons are always on; the rest lie in `experts` equal parts, `active` of them on for a token."""

    inner: int
    shared: int
    experts: int
    active: int

    def __post_init__(self) -> None:
        if self.experts < 1 or not 1 <= self.active <= self.experts:
            raise CannotUpcycle(f"{self.active} active of {self.experts} experts is impossible")
        if not 0 < self.shared < self.inner or (self.inner - self.shared) % self.experts:
            raise CannotUpcycle(f"{self.inner - self.shared} neurons cannot be shared out evenly to {self.experts} experts")

    @property
    def width(self) -> int:
        """Inner size of a routed expert."""
        return (self.inner - self.shared) // self.experts


def shape_of(inner: int, experts: int, active: int, shared: float = 0.5) -> Shape:
    """At least the part `shared` of the neurons shared; experts as wide as grouped matrix kernels like them."""
    if not 0 < shared < 1:
        raise CannotUpcycle(f"a shared part of {shared:g} is impossible; it lies between 0 and 1")
    width = int(inner * (1 - shared)) // max(experts, 1) // ALIGNED * ALIGNED
    if experts < 1 or not width:
        raise CannotUpcycle(f"{experts} experts cannot be cut from {inner} neurons")
    return Shape(inner, inner - width * experts, experts, active)


def rank_within(max_bytes: int, shape: Shape, layers: int, hidden: int) -> int:
    """The largest rank of a correction with which the file stays that small; 1 at least."""
    spent = layers * (4 * shape.inner + 2 * shape.experts * hidden) + HEADER_BYTES
    return max(1, (max_bytes - spent) // (2 * layers * (hidden + shape.inner)))
