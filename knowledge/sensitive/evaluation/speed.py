"""How fast the filter is: bulk text, messages, hostile text, building; beside bare automata that only look for the same letters.

Knows clocks. Does not know what a good figure is.
"""

from __future__ import annotations

import gc
import importlib
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from knowledge.contracts import Direction
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.terms import Term

ROUNDS = 5
HOSTILE = {"separators": ".", "spaces": " ", "one letter": "a", "one Han character": "傻", "leet signs": "@", "leet digits": "1"}
HOSTILE |= {"invisible": "d\u200b", "letters and spaces": "d a ", "addresses": "www."}
MEGABYTE = 1_000_000

Search = Callable[[str], object]


def throughput(search: Search, messages: Sequence[str]) -> dict[str, float]:
    """The best of several rounds in seconds of this process (neighbours on the machine count little), the collector of garbage asleep.

    `p50_us` and `p99_us` are of single messages by the clock on the wall, all rounds together.
    """
    size = sum(len(message.encode()) for message in messages)
    rounds: list[float] = []
    single: list[float] = []
    for message in messages:
        search(message)
    gc.disable()
    for _ in range(ROUNDS):
        rounds.append(_timed(lambda _: [search(message) for message in messages], "", time.process_time))
        single += [_timed(search, message) for message in messages]
    gc.enable()
    seconds = min(rounds)
    bulk = "\n".join(messages)
    bulk_seconds = min(_timed(search, bulk, time.process_time) for _ in range(ROUNDS))
    return {
        "mb_per_s": round(len(bulk.encode()) / bulk_seconds / 1e6, 2),
        "messages_mb_per_s": round(size / seconds / 1e6, 2),
        "messages_per_s": round(len(messages) / seconds),
        "p50_us": round(statistics.median(single) * 1e6, 1),
        "p99_us": round(statistics.quantiles(single, n=100)[-1] * 1e6, 1),
    }


def _timed(search: Search, text: str, clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    search(text)
    return clock() - began


def hostile(words: Matcher, prefixes: Sequence[str]) -> dict[str, float]:
    """Seconds for a megabyte of each kind, the best of three."""
    texts = {name: unit * (MEGABYTE // len(unit.encode())) for name, unit in HOSTILE.items()}
    joined = "".join(prefixes)
    texts["prefixes of words"] = (joined * (MEGABYTE // len(joined.encode()) + 1)).encode()[:MEGABYTE].decode(errors="ignore")
    return {name: round(min(_timed(lambda one: words.check(one, Direction.VISITOR), text) for _ in range(3)), 3) for name, text in texts.items()}


def reload(lists: Sequence[Sequence[Term]], allowed: Sequence[str], messages: Sequence[str]) -> dict[str, Any]:
    """Building once more while another thread checks messages with the old filter, then a swap: how long, and how many went wrong."""
    holder = [build_matcher(lists, allowed)]
    over = threading.Event()
    waits: list[float] = []
    wrong = 0
    flagged = {message: bool(holder[0].check(message, Direction.VISITOR).hits) for message in messages[:200]}

    def check() -> None:
        nonlocal wrong
        while not over.is_set():
            for message, is_flagged in flagged.items():
                began = time.perf_counter()
                verdict = holder[0].check(message, Direction.VISITOR)
                waits.append(time.perf_counter() - began)
                wrong += bool(verdict.hits) is not is_flagged

    checking = threading.Thread(target=check)
    checking.start()
    began = time.perf_counter()
    holder[0] = build_matcher(lists, allowed)
    seconds = time.perf_counter() - began
    over.set()
    checking.join()
    return {"seconds": round(seconds, 2), "checked_meanwhile": len(waits), "wrong": wrong, "worst_ms": round(max(waits) * 1e3, 1)}


def bare_searches(words: Sequence[str]) -> dict[str, Search | str]:
    """Bare automata over the words as they are written, folding nothing but case; a sentence where a package is not installed."""
    lowered = sorted({word.lower() for word in words})
    found: dict[str, Search | str] = {}
    for name, build in (("ahocorasick-rs", _bare_rust), ("pyahocorasick", _bare_c)):
        try:
            found[name] = build(lowered)
        except ImportError:
            found[name] = "not installed"
    return found


def _bare_rust(words: list[str]) -> Search:
    library = importlib.import_module("ahocorasick_rs")
    automaton = library.AhoCorasick(words, implementation=library.Implementation.ContiguousNFA)
    return lambda text: automaton.find_matches_as_indexes(text.lower(), overlapping=True)


def _bare_c(words: list[str]) -> Search:
    automaton = importlib.import_module("ahocorasick").Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text.lower()))
