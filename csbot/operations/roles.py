"""What each worker does before it takes work, and how it says how it is.

Knows the two facades and the status keys. Heavy libraries load here, inside the functions of the role that needs them.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from redis.exceptions import RedisError

from csbot.lib.gauges import EngineGauge, SpreadGauge, gauge_write
from csbot.lib.status import WorkerStatus, status_write
from csbot.lookups.answering import lookups_prepare
from inference import facade as inference
from inference.contracts import EngineDead
from knowledge import facade as knowledge

log = logging.getLogger(__name__)

BEAT_S = 2.0
ONE_OF_EACH = "13812345678, +44 20 7946 0958, a@b.cn"  # personal data for every finder


class Pulse:
    """Writes the worker's status every two seconds from a thread of its own; its silence means that it is down."""

    def __init__(self, role: str, read: Callable[[], WorkerStatus], count: Callable[[], None] = lambda: None) -> None:
        self._role = role
        self._read = read
        self._count = count
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                status_write(self._role, replace(self._read(), pid=os.getpid()))
                self._count()
            except RedisError as error:
                log.info("status not written: %s", error)
            self._stopped.wait(BEAT_S)


def start_answers() -> None:
    """Encoder and snapshots in memory before the first question. "Ready" is said by the canary task alone."""
    pulse = Pulse("answers", lambda: WorkerStatus("loading", "loading the encoder"))
    _limit_threads()
    knowledge.use_encoder(encoder_folder())
    if problem := encoder_problem():
        log.error("nothing can be answered: %s", problem)  # once: from here on the status says it
    else:
        _open_knowledge()
        knowledge.watch_published()
        if lacks := sensing_problem():
            log.warning("abuse and self-harm are not heard without a listed word: %s", lacks)  # once: from here on the status says it
    pulse.stop()


def _open_knowledge() -> None:
    started = time.perf_counter()
    try:
        num_ready = knowledge.open_all_knowledge()
        knowledge.warm_words()
        log.info("%d knowledge bases and their word lists opened in %.1f s", num_ready, time.perf_counter() - started)
    except DatabaseError as error:
        log.warning("knowledge not opened yet: %s", error)
    finally:
        close_old_connections()


def answers_canary() -> WorkerStatus:
    """Went through broker, worker, encoder and snapshot: what a visitor's question needs."""
    if problem := encoder_problem():
        return WorkerStatus("down", problem, pid=os.getpid())
    num_ready = knowledge.open_all_knowledge()
    try:
        lookups_prepare()
    except Exception:  # a knowledge base without a snapshot, or a lookup that cannot be judged: its own visitors are told
        log.exception("lookups not prepared")
    detail = f"{num_ready} knowledge bases" if num_ready else "nothing is published yet"
    return WorkerStatus("ready" if num_ready else "loading", detail, pid=os.getpid(), lacks=sensing_problem())


def start_generation() -> None:
    """Blocks until the model is warm. Without a model the worker stays, says so, and the product answers from FAQs."""
    from csbot.conversations import cancelling

    state = {"now": WorkerStatus("loading", "loading the model")}
    Pulse("generation", lambda: generation_status() if state["now"].state == "ready" else state["now"], write_gauge)
    _limit_threads()
    kind = settings.CSBOT.engine
    folder = generator_folder()
    if kind in ("transformers_cb", "generate") and folder is None:
        state["now"] = WorkerStatus("down", "no model; run `python manage.py models pull` and start again")
        log.error("generation is off: %s", state["now"].detail)
        return
    environment = settings.CSBOT
    options = inference.EngineOptions(
        slots=environment.generation_slots,
        threads=environment.torch_threads or None,
        precision=environment.precision,
        url=environment.openai_url,
        key=environment.openai_key,
        model=environment.openai_model,
    )
    try:
        engine = inference.start_worker(kind, folder, options)
    except (OSError, ValueError, RuntimeError, KeyError, EngineDead) as error:
        # A model that cannot be loaded will not load by being tried again: the worker stays and names what is wrong.
        state["now"] = WorkerStatus("down", f"{folder or kind}: {error}"[:500])
        log.exception("generation is off")
        return
    _rehearse()
    cancelling.listen(engine.cancel)
    state["now"] = WorkerStatus("ready")


def _rehearse() -> None:
    """What stands between the engine and the visitor, once: the first answer would wait a tenth of a second for its tables."""
    try:
        knowledge.open_words()
        knowledge.hide_personal(ONE_OF_EACH, "en")
    except DatabaseError as error:
        log.warning("word lists not opened yet: %s", error)
    finally:
        close_old_connections()


def generation_status() -> WorkerStatus:
    try:
        health = inference.engine().health()
    except EngineDead as error:
        return WorkerStatus("down", str(error))
    prompts = "+".join(inference.prompt_version(language) for language in ("zh", "en"))
    return WorkerStatus(health.state, health.detail, health.backend, inference.model_version(), prompts)


def write_gauge() -> None:
    """What the engine has counted; nothing while there is none."""
    try:
        stats = inference.engine().stats()
    except EngineDead:
        return
    device = stats.device
    gauge_write(
        EngineGauge(
            running=stats.running,
            waiting=stats.waiting,
            tokens=stats.tokens_generated,
            answers=stats.answers,
            refused=stats.refused,
            finishes={str(finish): number for finish, number in stats.finishes.items()},
            prompt_tokens=stats.prompt_tokens,
            prefix_tokens=stats.prefix_tokens,
            guessed_tokens=stats.guessed_tokens,
            proven_tokens=stats.proven_tokens,
            cache_used=stats.cache_used,
            cache_tokens=stats.cache_tokens,
            spreads={name: SpreadGauge(list(spread.bounds), list(spread.counts), spread.total) for name, spread in stats.spreads.items()},
            card=(device.busy, device.memory_used, device.memory) if device else None,
            experts=[list(layer) for layer in stats.expert_counts],
        )
    )


def start_background() -> None:
    Pulse("background", lambda: WorkerStatus("ready"))
    _limit_threads()
    knowledge.use_encoder(encoder_folder())
    os.nice(5)  # a publishing must not slow answers down
    if problem := encoder_problem():
        log.error("nothing can be published: %s", problem)
    else:
        knowledge.publish_again(actor="start")
    close_old_connections()


def encoder_folder() -> Path | str:
    """The setting: a folder, a catalogue name, or `hash`."""
    named = settings.CSBOT.encoder
    if named == "hash" or Path(named).is_dir():
        return str(named)
    return Path(settings.CSBOT.models_dir) / named


def encoder_problem() -> str:
    """Why this process cannot encode; empty where it can. Asked again and again, so that a pull mends it without a new start."""
    from safetensors import SafetensorError

    named = settings.CSBOT.encoder
    is_catalogued = isinstance(encoder_folder(), Path)
    # A look at the folder first: trying to load a torn model every two seconds would cost a core.
    if is_catalogued and inference.model_folder(named, settings.CSBOT.models_dir) is None:
        return f"the encoder {named} is missing or damaged; run: python manage.py models pull {named}"
    try:
        knowledge.warm_encoder()
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        return f"the encoder {named} cannot be loaded: {error}"[:500]
    return ""


def sensing_problem() -> str:
    """Why messages are not judged by their meaning although that is switched on. The encoder without a model never is meant to."""
    if not settings.CSBOT.sensing or settings.CSBOT.encoder == "hash":
        return ""
    return knowledge.sensing_problem()


def generator_folder() -> Path | None:
    named = settings.CSBOT.generator
    if named and Path(named).is_dir():
        return Path(named)
    if named:
        return inference.model_folder(named, settings.CSBOT.models_dir)
    return inference.default_generator(settings.CSBOT.models_dir)


def _limit_threads() -> None:
    """A question over some thousand rows is too little work for several threads: those that wait burn what answers would need."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, "blas")
    if settings.CSBOT.torch_threads:
        os.environ["OMP_NUM_THREADS"] = str(settings.CSBOT.torch_threads)
