"""The pipeline behind a chat completion: the question is stored as a visitor's message, and the answer is followed as it comes.

A completion is a conversation of its own, as the client keeps the history; earlier exchanges stand in it as context.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings

from csbot.accounts.callers import Caller
from csbot.api.openai.caring import care_for
from csbot.api.openai.completion import PER_MINUTE, Completion, Outcome, estimate, of_stream, problem_of, site_of, usage_of
from csbot.api.openai.requests import MODEL, Asked, Problem
from csbot.conversations.asking import ENDED, Reply, reply_as_json
from csbot.conversations.errors import Refused
from csbot.conversations.limits import message_take
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.services.accept import conversation_start, message_accept
from csbot.conversations.sessions import VisitorSession
from csbot.lib import redis
from csbot.lib.clock import now
from csbot.lib.ids import new_id
from csbot.lib.status import status_read
from knowledge import facade as knowledge
from knowledge.contracts import Direction

KEPT_EXCHANGES = 2
POLL_S = 0.04


@dataclass(frozen=True, slots=True)
class SiteCompletion:
    conversation: Conversation
    key: UUID  # the turn's
    deadline_s: float
    model: str = MODEL

    async def pieces(self) -> AsyncIterator[str]:
        """Ends when the turn has ended. What a restart would take back is not sent before the end."""
        end = time.monotonic() + self.deadline_s
        connection, sent, gen = redis.open_async_connection(), "", ""
        try:
            last_id = "0-0"
            while time.monotonic() < end:
                state, now_gen = await sync_to_async(_state)(self.key)
                if now_gen != gen:
                    gen, last_id = now_gen, "0-0"
                if gen and not (sent and state in ENDED):
                    last_id, text = await of_stream(connection, gen, last_id, sent)
                    if text:
                        sent += text
                        yield text
                if state in ENDED:
                    break
                await asyncio.sleep(POLL_S)
            whole = await sync_to_async(_whole)(self.key)
            if rest := (whole[len(sent) :] if whole.startswith(sent) else f"\n\n{whole}"):
                yield rest
        finally:
            await connection.aclose()

    def outcome(self, asked: Asked, text: str) -> Outcome:
        turn = Turn.objects.select_related("question", "trace").get(pk=self.key)
        messages = list(Message.objects.filter(turn=turn).exclude(sender=Message.Sender.VISITOR).order_by("created"))
        reply = reply_as_json(Reply(self.conversation, turn, messages, 0, None, 0))
        engine = reply["trace"].get("generation") or {}
        prompt = engine.get("prompt_tokens") or sum(estimate(part) for exchange in asked.before for part in exchange) + estimate(asked.question)
        usage = usage_of(prompt, engine.get("new_tokens") or estimate(text))
        more = {name: reply[name] for name in ("conversation", "route", "reason", "sources", "options", "handoff", "language")}
        return Outcome(_finish(turn, messages), usage, more)


def begin(caller: Caller, asked: Asked) -> Completion:
    """Raises Problem. Where nobody answers, whoever is in need gets the words now, and the turn's end calls a person."""
    site = site_of(caller)
    if site is None:
        raise Problem(404, "This key has no site that answers.", param="model", code="model_not_found")
    is_down = status_read("answers").state == "down"
    care = care_for(caller.company_id, asked, site) if is_down else None
    if is_down and care is None:
        raise Problem(503, "Nobody answers questions at the moment. Try again shortly.", kind="server_error")
    session = VisitorSession(site.company_id, site.pk, new_id())
    try:
        message_take(caller.company_id, per_minute=PER_MINUTE)
        conversation = conversation_start(session=session, origin=Conversation.Origin.API)
        _remember(conversation, asked.before[-KEPT_EXCHANGES:])
        accepted = message_accept(session=session, client_id=str(new_id()), text=asked.question, origin=Conversation.Origin.API)
    except Refused as refusal:
        raise problem_of(refusal) from refusal
    assert accepted.turn
    return care or SiteCompletion(accepted.conversation, accepted.turn.pk, (accepted.turn.deadline - now()).total_seconds() + 5)


def _remember(conversation: Conversation, before: tuple[tuple[str, str], ...]) -> None:
    """Earlier exchanges as ended turns without a route: they are context, and no report counts them as answered."""
    longest = settings.CSBOT.message_limit
    words = knowledge.word_filter(conversation.company_id, conversation.site_id)
    for place, (said, replied) in enumerate((one[:longest], other[:longest]) for one, other in before):
        question, answer = words.check(said, Direction.VISITOR).text, words.check(replied, Direction.BOT).text
        language = knowledge.detect_language(question)
        asked = Message.objects.create(conversation=conversation, sender=Message.Sender.VISITOR, text=question, language=language)
        moment = now() - timedelta(seconds=len(before) - place)
        ended = {"state": Turn.State.DONE, "reason": "context", "deadline": now() + timedelta(minutes=1), "ended": moment}
        turn = Turn.objects.create(conversation=conversation, question=asked, owner_version=1, **ended)
        Message.objects.create(conversation=conversation, turn=turn, sender=Message.Sender.BOT, text=answer, language=language)


# --- what was said ---------------------------------------------------------------------------------------------------


def _state(turn_id: UUID) -> tuple[str, str]:
    state, gen = Turn.objects.values_list("state", "gen").get(pk=turn_id)
    return str(state), str(gen or "")


def _whole(turn_id: UUID) -> str:
    said = Message.objects.filter(turn=turn_id).exclude(sender=Message.Sender.VISITOR).order_by("created", "id")
    return "\n".join(_with_options(message) for message in said)


def _with_options(message: Message) -> str:
    """A client without chips reads the offered questions as a list."""
    options = message.wrap.get("options") or []
    return "\n".join([message.text, *(f"- {option['text']}" for option in options)])


def _finish(turn: Turn, messages: list[Message]) -> str:
    if turn.reason == "safety" or any(message.wrap.get("finish") == "filtered" for message in messages):
        return "content_filter"
    return "length" if any(message.wrap.get("finish") in ("length", "deadline") for message in messages) else "stop"
