"""Whether this installation can answer visitors: one check for each part that a question needs.

Generation is told beside the checks, not among them: without it FAQs are still answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from csbot.lib import redis
from csbot.lib.status import status_read


@dataclass(frozen=True, slots=True)
class Check:
    state: str
    detail: str = ""


def readiness() -> dict[str, Any]:
    """`ready` is true when migrations, Redis and the answers worker are."""
    checks = {name: check() for name, check in CHECKS.items()}
    return {
        "ready": all(check.state == "ready" for check in checks.values()),
        "checks": {name: asdict(check) for name, check in checks.items()},
        "generation": _generation(),
    }


def _database() -> Check:
    try:
        executor = MigrationExecutor(connection)
        if pending := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return Check("down", f"{len(pending)} migrations are missing; run `python manage.py migrate`")
    except DatabaseError as error:
        return Check("down", str(error))
    return Check("ready")


def _redis() -> Check:
    try:
        redis.connection().ping()
    except RedisError as error:
        return Check("down", str(error))
    return Check("ready")


def _answers() -> Check:
    status = status_read("answers")
    return Check(status.state, status.detail)


def _generation() -> dict[str, str]:
    status = status_read("generation")
    return {"state": status.state, "detail": status.detail, "backend": status.backend, "model": status.model}


CHECKS: dict[str, Callable[[], Check]] = {"database": _database, "redis": _redis, "answers": _answers}
