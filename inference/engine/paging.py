"""The library's paged cache, sized so that an admitted answer never waits for pages, and its system prompts stay.

What the library does by itself (transformers 5.23): below 15 % of free pages it takes no further prompt while others
are being answered; where pages run out it throws answers back to their beginning, and where nothing can be thrown back
the engine dies; making room it forgets every kept prefix at once. So there is more room than answers may ask for:

    [ what admitted answers may hold ............ | what one step may newly take | warm prompts ]

and the library's margin is the middle part. Knows the library's cache by its allocators and ledgers; no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inference.engine import attention
from inference.engine.loading import LoadedModel
from inference.engine.refused import Refused
from inference.engine.sampling import SAMPLING, choose_among_few

STEP_TOKENS = 256  # prompts are split to this many tokens a step: more are no cheaper on two cores, and whoever is being answered waits
GPU_STEP_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Paging:
    """`answer_tokens` is the room for answers, `warm_tokens` that of prompts which are kept."""

    page_size: int
    slots: int
    answer_tokens: int
    warm_tokens: int = 0
    step_tokens: int = STEP_TOKENS

    def rounded(self, tokens: int) -> int:
        """What so many tokens take: whole pages."""
        return -(-tokens // self.page_size) * self.page_size

    @property
    def step_pages(self) -> int:
        """One step writes at most its tokens, and each answer may begin a page."""
        return -(-self.step_tokens // self.page_size) + self.slots

    @property
    def pages(self) -> int:
        return (self.rounded(self.answer_tokens) + self.rounded(self.warm_tokens)) // self.page_size + self.step_pages

    @property
    def margin(self) -> float:
        """The share of free pages below which the library makes room, and before it has some takes no prompt."""
        return self.step_pages / self.pages


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a cache's pages are: in running answers, kept for later prompts, or free. A page that is nowhere is `lost`."""

    total: int
    held: int
    kept: int
    free: int
    lost: int


def open_manager(loaded: LoadedModel, paging: Paging, *, may_use_flash: bool = True) -> Any:
    """A manager with that cache; raises `Refused` where the library does not take the model."""
    from transformers import GenerationConfig
    from transformers.generation.configuration_utils import ContinuousBatchingConfig

    attention.install()
    usual = SAMPLING["factual"]
    generation = GenerationConfig(
        do_sample=True,  # so that temperature and top-p are there; greedy answers keep one candidate
        temperature=usual.temperature,
        top_p=usual.top_p,
        top_k=None,
        eos_token_id=list(loaded.eos) or -1,
        pad_token_id=loaded.eos[0] if loaded.eos else 0,
    )
    batching = ContinuousBatchingConfig(
        page_size=paging.page_size,
        num_blocks=paging.pages,
        safety_margin=paging.margin,
        max_batch_tokens=paging.step_tokens,
        max_requests_per_batch=paging.slots,
        allow_block_sharing=True,
        per_request_processors=True,
        auto_switch_to_flash=may_use_flash,
    )
    try:
        manager = loaded.model.init_continuous_batching(generation_config=generation, continuous_batching_config=batching)
        choose_among_few(manager.logit_processor)
        generation.do_sample = manager.generation_config.do_sample = False  # it is chosen before the library would draw
        return manager
    except (ValueError, AttributeError, NotImplementedError, TypeError) as error:
        raise Refused(f"{loaded.name}: {error}") from error


def count_pages(manager: Any) -> Pages:
    """In pages of the whole model (one with sliding windows has two kinds of layers, with pages of their own). Exact while nothing runs."""
    processor = manager.batch_processor
    if processor is None:
        return Pages(0, 0, 0, 0, 0)
    cache, allocators = processor.cache, processor.cache.cache_allocators.values()
    whole = cache.num_sectors * cache.bytes_per_sector
    held = sum(len({page for table in list(one.block_table.values()) for page in list(table)}) * one.bytes_per_block for one in allocators)
    kept = sum(len(one.ledger.cached_blocks) * one.bytes_per_block for one in allocators)
    free = int(cache.compute_free_capacity(relative=False))
    size = whole // cache.num_blocks
    return Pages(cache.num_blocks, -(-held // size), -(-kept // size), free // size, -(-(whole - held - kept - free) // size))


def keep_prefixes(manager: Any) -> None:
    """What is kept now (the warm prompts) stays when room is made. To be called while nothing runs."""
    for allocator in manager.batch_processor.cache.cache_allocators.values():
        _protect(allocator.ledger, frozenset(allocator.ledger.cached_blocks))


def _protect(ledger: Any, warm: frozenset[int]) -> None:
    evict = type(ledger).evict_cached_blocks

    def evict_others() -> list[int]:
        spared = [page for page in ledger.cached_blocks if page in warm]
        for page in spared:
            del ledger.cached_blocks[page]
        evicted: list[int] = evict(ledger)
        ledger.cached_blocks.update(dict.fromkeys(spared))
        return evicted

    ledger.evict_cached_blocks = evict_others


def forget_prefixes(manager: Any) -> None:
    """Empties the cache, warm prompts included. To be called in a pause, while nothing runs.

    The library's own `free_all_requests(clear_ledgers=True)` forgets kept pages without giving them back: after some swaps
    of an adapter there were none left, and the engine died.
    """
    cache = manager.batch_processor.cache
    cache.free_all_requests()
    for allocator in cache.cache_allocators.values():
        vars(allocator.ledger).pop("evict_cached_blocks", None)
    cache.evict_cached_blocks()
    cache.free_all_requests(clear_ledgers=True)
