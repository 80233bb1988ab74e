"""Which agents are there: a heartbeat in Redis for each dashboard that is open, good for all web processes and workers.

There means: an open dashboard and the wish to take conversations (`Agent.is_available`). Redis away means nobody is known to be there.
"""

from __future__ import annotations

import logging
import time
from uuid import UUID

from redis.exceptions import RedisError

from csbot.accounts.hours import is_open
from csbot.accounts.models import Agent, Site
from csbot.lib import redis
from csbot.lib.clock import now

log = logging.getLogger(__name__)

BEAT_S = 15.0
EXPIRY_S = 45.0  # three beats: one lost beat does not make a person flicker


def presence_beat(company_id: UUID, agent_id: UUID) -> None:
    try:
        key = redis.key("presence", company_id)
        connection = redis.connection()
        connection.zadd(key, {str(agent_id): time.time() + EXPIRY_S})
        connection.expire(key, int(EXPIRY_S) * 2)
    except RedisError as error:
        log.info("presence not told: %s", error)


def presence_end(company_id: UUID, agent_id: UUID) -> None:
    """Signed out or closed the last dashboard; another one that is open says so again within a beat."""
    try:
        redis.connection().zrem(redis.key("presence", company_id), str(agent_id))
    except RedisError as error:
        log.info("presence not told: %s", error)


def connected_agents(company_id: UUID) -> set[UUID]:
    try:
        found = redis.connection().zrangebyscore(redis.key("presence", company_id), time.time(), "+inf")
    except RedisError as error:
        log.info("presence not known: %s", error)
        return set()
    return {UUID(str(member)) for member in found}


def agents_there(site: Site) -> list[Agent]:
    """Agents who would take a conversation of this site now."""
    connected = connected_agents(site.company_id)
    if not connected:
        return []
    people = Agent.objects.filter(pk__in=connected, company_id=site.company_id, is_available=True, role__in=["admin", "agent"], user__is_active=True)
    return [agent for agent in people.prefetch_related("sites") if _sees(agent, site)]


def _sees(agent: Agent, site: Site) -> bool:
    sites = agent.sites.all()
    return not sites or site in sites


def is_staffed(site: Site) -> bool:
    """Somebody is there, within the site's hours: a visitor who wants a person may wait for one."""
    return is_open(site.business_hours or {}, site.time_zone, now()) and bool(agents_there(site))
