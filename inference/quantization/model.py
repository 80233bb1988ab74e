"""Quantises a whole model in place, layer by layer, and gives it its plain layers back from a fresh copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from torch import nn

from inference.quantization.experts import CannotQuantise, Make, QuantisedExperts, demand_known, is_experts, quantised
from inference.quantization.int4 import Int4Weight, fits
from inference.quantization.int8 import Int8Weight, can_multiply
from inference.quantization.layers import PartOf, QuantisedHead, QuantisedLinear, SmallLinear, Together, Weight, join
from inference.quantization.outliers import OneDigitWeight, RowFormat, find_formats

Bits = Literal["int8", "int4"]
_SAME_INPUT = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
_LEAST_OUTPUTS = 16  # smaller layers choose rather than compute, such as the gate of a shared expert


@dataclass(frozen=True, slots=True)
class Quantisation:
    """How a model was quantised; `reload` makes the plain model again."""

    bits: Bits
    reload: Callable[[], Any]
    formats: dict[str, RowFormat]  # by path, where one digit is enough


def quantise(model: Any, bits: Bits, reload: Callable[[], Any]) -> None:
    """Every linear layer and every block of fused experts; the embedding, the routers and what the model itself wants in full precision
    stay. A tied output layer gets weights of its own.

    Raises `CannotQuantise` where the processor or an expert block is not fit for it.
    """
    if next(model.parameters()).device.type != "cpu" or not can_multiply():
        raise CannotQuantise(f"{bits} needs a processor with VNNI (AVX-512 or AVX) and no GPU; set another precision")
    for block in filter(is_experts, model.modules()):
        demand_known(block)
    _replace_layers(model, Quantisation(bits, reload, find_formats(model) if bits == "int8" else {}))


def _replace_layers(model: Any, how: Quantisation) -> None:
    head = model.get_output_embeddings()
    for place, parent in list(model.named_modules()):
        make = partial(_maker, how, place)
        for names in _SAME_INPUT:
            _join(parent, names, make(*names))
        for name, child in list(parent.named_children()):
            if is_experts(child):
                _put(parent, name, quantised(child, make(name), _without_copies(how)))
            elif type(child) is nn.Linear and not _stays(model, f"{place}.{name}"):
                _put(parent, name, _linear(child, make(name), is_head=child is head))
    model.quantisation = how


def _stays(model: Any, path: str) -> bool:
    """Whether the model's own lists name it, as transformers' quantisers ask too: what is named may have its weight read from outside."""
    named = model._keep_in_fp32_modules | model._keep_in_fp32_modules_strict
    return any(f".{name}." in f".{path}.weight." for name in named)


def restore(model: Any) -> None:
    """Plain layers from a fresh copy of the model, as adapters need them: what was rounded away is not guessed. A plain model stays."""
    places = list(_quantised_places(model))
    if not places:
        return
    fresh = model.quantisation.reload()
    for path, parent, name in places:
        _put(parent, name, fresh.get_submodule(path))


def quantise_again(model: Any) -> None:
    """After `restore`; a model that was never quantised stays plain."""
    done: Quantisation | None = getattr(model, "quantisation", None)
    if done is not None and not any(_quantised_places(model)):
        _replace_layers(model, done)


def _quantised_places(model: Any) -> Iterator[tuple[str, Any, str]]:
    for path, module in model.named_modules():
        if isinstance(module, QuantisedLinear | SmallLinear | PartOf | QuantisedExperts):
            parent, _, name = path.rpartition(".")
            yield path, model.get_submodule(parent), name


def _join(parent: Any, names: tuple[str, ...], make: Make) -> None:
    layers = [getattr(parent, name, None) for name in names]
    if not all(type(layer) is nn.Linear for layer in layers) or len({layer.in_features for layer in layers}) > 1:  # type: ignore[union-attr]
        return
    weight, bias = join(layers)  # type: ignore[arg-type]
    sizes = [layer.out_features for layer in layers]  # type: ignore[union-attr]
    together = Together(QuantisedLinear(make(weight), bias), sizes)
    for number, (name, size) in enumerate(zip(names, sizes, strict=True)):
        _put(parent, name, PartOf(together, number, size))


def _linear(plain: nn.Linear, make: Make, *, is_head: bool) -> nn.Module:
    if plain.out_features < _LEAST_OUTPUTS:
        return SmallLinear(plain)
    return (QuantisedHead if is_head else QuantisedLinear)(make(plain.weight), plain.bias)


def _put(parent: Any, name: str, module: Any) -> None:
    """Whoever listened on the old module listens on the new one."""
    module._forward_pre_hooks.update(getattr(parent, name)._forward_pre_hooks)
    setattr(parent, name, module)


def _maker(how: Quantisation, place: str, *names: str) -> Make:
    """Of the weights of one layer in the module at `place`, or of several that are given the same."""
    found = [one for name in names if (one := how.formats.get(f"{place}.{name}".lstrip("."))) is not None]
    return partial(OneDigitWeight, row_format=found[0]) if len(found) == len(names) else _without_copies(how)


def _without_copies(how: Quantisation) -> Make:
    return _int4 if how.bits == "int4" else Int8Weight


def _int4(weight: Any) -> Weight:
    """A matrix that does not fit the kernel stays at eight bits; the counted bytes tell whether the claim still holds."""
    return Int4Weight(weight) if fits(weight) else Int8Weight(weight)
