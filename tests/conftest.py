"""What every test may use: one Valkey a session, a company with a site, and a clean slate before each test."""

from __future__ import annotations

import gc
import subprocess
import time
from collections.abc import Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import translation
from redis.exceptions import RedisError

from csbot.accounts.models import Company, Site
from csbot.lib import redis, status
from csbot.operations.supervisor.processes import valkey_spec
from knowledge import opened, words
from knowledge.models import KnowledgeBase
from tests.canaries import watched

pytest_plugins = ["tests.workers"]


def pytest_collection_finish() -> None:
    """Torch, Django and thousands of collected tests are millions of objects that stay: the collector need not visit them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_use_migrations(worker_id: str) -> bool:
    """The same tables are created at once. That an empty database comes to them step by step is seen once: with SQLite by the test of what
    the web process loads, with PostgreSQL by one of the processes.
    """
    return bool(settings.CSBOT.database_url) and worker_id in ("master", "gw0")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The thread that sockets share keeps its connection, and a PostgreSQL database goes only when nobody is connected."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """What makes a stolen table of passwords useless would take half a second each time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _stay_frozen() -> Iterator[None]:
    """An engine that stops thaws what its process holds, and a hundred engines stop here: each would visit the millions from above."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "unfreeze", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _few_made_questions(pytestconfig: pytest.Config) -> Iterator[None]:
    """Some sixty publishings of the default suite fit a router each. What one that has seen all is worth, longer tests and `knowledge_eval` say."""
    with pytest.MonkeyPatch.context() as patch:
        if pytestconfig.option.markexpr == "not thorough":
            patch.setattr("knowledge.faq.examples.MOST", 120)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_canary_in_logs() -> Iterator[None]:
    """Whatever test plants one, and wherever: the run fails when it turns up."""
    with watched() as seen:
        yield
    assert not seen, f"personal data in the log: {seen[:3]}"


@pytest.fixture(scope="session")
def valkey() -> Iterator[None]:
    """The real server, without its append-only file."""
    command = [*valkey_spec(settings.DATA_DIR).command, "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            redis.connection().ping()
            break
        except RedisError:
            time.sleep(0.02)
    yield
    process.kill()
    process.wait()


@pytest.fixture
def redis_clean(valkey: None) -> None:
    redis.connection().flushdb()
    status._generation_status.cache_clear()


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Caches of the process outlive a test's database, and a page in Chinese leaves its thread in Chinese."""
    words.forget_word_filters()
    opened.forget()
    translation.deactivate()


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(name="Lantern Tea", slug="lantern")


@pytest.fixture
def base(company: Company) -> KnowledgeBase:
    return KnowledgeBase.objects.create(company=company, name="Tea", promise=3)


@pytest.fixture
def site(company: Company, base: KnowledgeBase) -> Site:
    return Site.objects.create(company=company, knowledge_base=base, key="tea", name="Tea shop", default_language="en")
