"""The life of a turn in the database: leases, attempts, and the commits that visitors see.

A turn is claimed by a conditional update that checks the row count; zero rows mean that another attempt owns it (fencing), and the
caller stops without a trace. Every commit appends its frames in the same transaction.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q, QuerySet

from csbot.accounts.models import Site
from csbot.conversations import cancelling
from csbot.conversations.cache import Keys
from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.decisions import decision_pack
from csbot.conversations.events import Finish, GenEnd, GenStart, Wrap
from csbot.conversations.frames import frame_append, locked
from csbot.conversations.happenings import happened
from csbot.conversations.messages import message_add, message_data
from csbot.conversations.models import Conversation, Message, Trace, Turn
from csbot.conversations.outbox import outbox_add, outbox_again, outbox_taken
from csbot.conversations.personal import trace_masked
from csbot.conversations.presence import is_staffed
from csbot.conversations.screening import HitData, answer_notice, hits_keep, is_cry_for_help, notice_append
from csbot.conversations.sensing import sensed_keep, suspected_keep
from csbot.conversations.services.owners import leave_words, owner_to_queue, say
from csbot.conversations.wrapping import text_of, wrap_of
from csbot.lib.clock import now
from csbot.lib.ids import new_id
from knowledge.contracts import Direction

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 2
ROUTING_LEASE = timedelta(seconds=15)
GENERATION_LEASE = timedelta(seconds=12)
State = Turn.State


# --- claiming --------------------------------------------------------------------------------------------------------


def turn_claim(turn_id: str | UUID) -> Turn | None:
    """Take the turn for routing. None: it is taken, ended, out of attempts, or an earlier turn of the conversation still runs."""
    turn = Turn.objects.select_related("question", "conversation__site", "conversation__visitor").filter(pk=turn_id).order_by().first()
    if turn and any(earlier.state in Turn.OPEN for earlier in turn.before):
        return None
    try:
        with transaction.atomic():
            is_claimed = turn is not None and _take(turn)
            # Together with the claim: a worker that dies in between leaves a task that is sent again, and so does a turn that has to wait,
            # whatever becomes of the one before it. Where the turn is claimed or ended already, this was a duplicate, and its task is done.
            if is_claimed or not _is_queued(turn_id):
                outbox_taken(f"answer:{turn_id}")
    except IntegrityError:  # the conversation's other turn is in work (machines' clocks differ); its end wakes this one
        return None
    return turn if is_claimed else None


def _is_queued(turn_id: str | UUID) -> bool:
    """Now and until the transaction ends: whoever puts it back asks for its task anew, and that must not count as taken."""
    return list(Turn.objects.select_for_update().filter(pk=turn_id).order_by().values_list("state", flat=True)) == [State.QUEUED]


def _take(turn: Turn) -> bool:
    """For one attempt more, unless somebody has taken it since it was read."""
    moment = now()
    free = Q(state=State.QUEUED) | Q(state=State.ROUTING, lease_until__lt=moment)
    as_read = Turn.objects.filter(free, pk=turn.pk, attempt=turn.attempt, attempt__lt=MAX_ATTEMPTS, deadline__gt=moment)
    turn.state, turn.attempt, turn.lease_until = State.ROUTING, turn.attempt + 1, moment + ROUTING_LEASE
    return as_read.update(state=turn.state, attempt=turn.attempt, lease_until=turn.lease_until) == 1


def generation_claim(turn_id: str | UUID, attempt: int) -> Turn | None:
    """Take an attempt at generating. None where it is not the newest any more, or is taken."""
    claimed = Turn.objects.filter(pk=turn_id, state=State.WAITING, generation_attempt=attempt, deadline__gt=now()).update(
        state=State.STREAMING, lease_until=now() + GENERATION_LEASE
    )
    if not claimed:
        outbox_taken(f"generate:{turn_id}:{attempt}")  # no later one could claim it
        return None
    turns = Turn.objects.select_related("question", "conversation__site__company", "trace")
    return turns.filter(pk=turn_id, state=State.STREAMING, generation_attempt=attempt).order_by().first()


def generation_begun(turn: Turn) -> None:
    """The engine has it. Until then, and where this cannot be written, its task may be sent once more, and finds the turn claimed."""
    try:
        outbox_taken(f"generate:{turn.pk}:{turn.generation_attempt}")
    except DatabaseError as error:
        log.warning("turn %s: its task counts as waiting: %s", turn.pk, error)


def generation_renew(turn: Turn) -> bool:
    """Keep the lease; False means that another attempt, a person or a deadline has taken over: stop at once."""
    renewed = Turn.objects.filter(pk=turn.pk, gen=turn.gen, state=State.STREAMING).update(lease_until=now() + GENERATION_LEASE)
    return renewed == 1


# --- committing ------------------------------------------------------------------------------------------------------


def decision_commit(turn: Turn, decision: Decision, trace: Mapping[str, Any], *, snapshot: str, keys: Keys | None = None) -> bool:
    """Commit what was decided; False where the turn or the conversation has moved on meanwhile (nothing is written then)."""
    decision, is_left = _received(decision, turn.conversation.site)
    with locked(turn.conversation_id, site=turn.conversation.site) as conversation:
        ours = _ours(turn, conversation, State.ROUTING)
        turn.route, turn.reason, turn.snapshot = decision.route, decision.reason, snapshot
        turn.decision = {**decision_pack(decision), "cache": asdict(keys) if keys else None}
        is_to_generate = decision.route == "generate" and not decision.is_cached
        if is_to_generate:
            _wait_for_generator(turn, attempt=1)
        else:
            _end(turn, State.DONE)
        if not _put(ours, turn, "route", "reason", "snapshot", "decision", "gen", "generation_attempt"):
            return False
        suspected_keep(turn, conversation, trace)
        sensed_keep(turn, conversation, trace)
        if is_to_generate:
            _generation_open(turn, conversation)
        else:
            _message_commit(turn, conversation, decision, trace.get("said", ()))
            if decision.route == "handoff":
                owner_to_queue(conversation, reason=decision.reason, is_message_left=is_left)
            _dispatch_next(turn)
        _trace_put(turn, trace)
        return True


def _trace_put(turn: Turn, trace: Mapping[str, Any]) -> None:
    """In one statement; a second attempt's takes the place of the first's."""
    kept = Trace(turn=turn, data=trace_masked(trace))
    Trace.objects.bulk_create([kept], update_conflicts=True, unique_fields=["turn"], update_fields=["data", "at"])


def _received(decision: Decision, site: Site) -> tuple[Decision, bool]:
    """Whoever wants a person while nobody is there is told to leave a message. Asked before the lock: presence is in Redis."""
    if decision.route != "handoff" or is_staffed(site):
        return decision, False
    if decision.reason == "safety":
        return decision, True
    sorry = text_of(site, decision.language, "sorry") + " " if decision.reason == "complaint" else ""
    return replace(decision, text=sorry + leave_words(site, decision.language)), True


def _ours(turn: Turn, conversation: Conversation, state: Turn.State) -> QuerySet[Turn]:
    """The turn's row as this attempt holds it; nothing where another attempt does, or a person has the conversation (then it is cancelled)."""
    ours = Turn.objects.filter(pk=turn.pk, state=state, attempt=turn.attempt, gen=turn.gen)
    if conversation.owner == Conversation.Owner.BOT and conversation.owner_version == turn.owner_version:
        return ours
    if ours.update(state=State.CANCELLED, ended=now(), lease_until=None):
        _dispatch_next(turn)
    return ours.none()


def _put(ours: QuerySet[Turn], turn: Turn, *fields: str) -> bool:
    """What the turn became, in the statement that checks whose it is; False where it is not ours."""
    return ours.update(**{name: getattr(turn, name) for name in (*fields, "state", "lease_until", "ended")}) == 1


def _message_commit(turn: Turn, conversation: Conversation, decision: Decision, hits: Sequence[HitData] = ()) -> Message:
    wrap = wrap_of(decision, conversation.site, ending=Ending("stop", 3, True) if decision.route == "generate" else None)
    message = message_add(
        conversation,
        turn=turn,
        sender=Message.Sender.BOT,
        text=decision.text,
        language=decision.language,
        wrap=_screened(wrap, hits, answer_notice(conversation.site, decision.language, hits)),
    )
    hits_keep(conversation, Direction.BOT, hits)
    cause = str(turn.question_id)
    frame_append(conversation, "msg.new", {"message": message_data(message)}, cause=cause)
    notice_append(conversation, message)
    _tell(conversation, message, route=decision.route, reason=decision.reason)
    if decision.route == "clarify" and decision.options:  # a question for a value has none
        _clarify_append(conversation, message, decision.options, cause=cause)
    return message


def _screened(wrap: Wrap, hits: Sequence[HitData], notice: str) -> dict[str, Any]:
    return {**wrap, **({"screen": list(hits)} if hits else {}), **({"notice": notice} if notice else {})}


def _tell(conversation: Conversation, message: Message, *, route: str, reason: str) -> None:
    happened("message", conversation, message=message_data(message))
    if route == "refuse" and reason in ("no_evidence", "out_of_scope") and message.turn:
        happened("unanswered", conversation, question=message.turn.question.text, reason=reason)


def _clarify_append(conversation: Conversation, message: Message, options: Any, *, cause: str) -> None:
    none = text_of(conversation.site, message.language, "none_of_these")
    frame_append(conversation, "clarify", {"message_id": str(message.pk), "options": list(options), "none": none}, cause=cause)


def _wait_for_generator(turn: Turn, *, attempt: int) -> None:
    turn.state, turn.lease_until = State.WAITING, None
    turn.generation_attempt, turn.gen = attempt, new_id()


def _generation_open(turn: Turn, conversation: Conversation) -> None:
    sources = turn.decision["sources"]
    start: GenStart = {
        "gen": str(turn.gen),
        "turn": str(turn.pk),
        "route": "generate",
        "language": turn.decision["language"],
        "sources": sources,
    }
    attempt = turn.generation_attempt
    # Before the frame: after the commit the engine's worker is told first.
    outbox_add(task="conversations.generate_turn", key=f"generate:{turn.pk}:{attempt}", arguments=[str(turn.pk), attempt])
    frame_append(conversation, "gen.start", start, cause=str(turn.question_id))


def generation_commit(turn: Turn, decision: Decision, ending: Ending, text: str, trace: Mapping[str, Any]) -> bool:
    """Commit the streamed text and what follows it (DESIGN 5, the ladder); False where another attempt has taken over."""
    is_left = ending.hands_over and not is_staffed(turn.conversation.site)  # asked before the lock: presence is in Redis
    with locked(turn.conversation_id, site=turn.conversation.site) as conversation:
        ours = _ours(turn, conversation, State.STREAMING)
        turn.route, turn.reason = ending.route, ending.reason
        _end(turn, State.CANCELLED if ending.finish == "cancelled" else State.DONE)
        if not _put(ours, turn, "route", "reason"):
            return False
        site = conversation.site
        wrap = wrap_of(decision, site, ending=ending)
        hits: Sequence[HitData] = trace.get("said", ())
        kept = _screened(wrap, hits, _notice(site, decision.language, ending, hits))
        message = message_add(conversation, turn=turn, sender=Message.Sender.BOT, text=text, language=decision.language, wrap=kept)
        hits_keep(conversation, Direction.BOT, hits)
        frame_append(conversation, "gen.end", _gen_end(turn, message, ending.finish, wrap), cause=str(turn.question_id))
        _tell(conversation, message, route=ending.route, reason=ending.reason)
        notice_append(conversation, message, gen=str(turn.gen))
        if ending.after == "clarify":
            _clarify_append(conversation, message, decision.options, cause=str(turn.question_id))
        if ending.hands_over:
            if is_left:
                say(conversation, leave_words(site, decision.language), decision.language)
            owner_to_queue(conversation, reason="safety", is_message_left=is_left)
        _dispatch_next(turn)
        _trace_add(turn, trace)
        return True


def _notice(site: Site, language: str, ending: Ending, hits: Sequence[HitData]) -> str:
    if ending.finish != "filtered":
        return answer_notice(site, language, hits)
    return text_of(site, language, "filtered_handoff" if ending.hands_over else "filtered")


def _gen_end(turn: Turn, message: Message, finish: Finish, wrap: Wrap) -> GenEnd:
    return {
        "gen": str(turn.gen),
        "message_id": str(message.pk),
        "finish": finish,
        "length": len(message.text),
        "sha256": hashlib.sha256(message.text.encode()).hexdigest(),
        "sources": wrap["sources"],
        "wrap": wrap,
    }


def _trace_add(turn: Turn, more: Mapping[str, Any]) -> None:
    trace = turn.trace if hasattr(turn, "trace") else Trace(turn=turn)
    trace.data = {**trace.data, **trace_masked(more)}
    trace.save()


def turn_cancel(turn: Turn) -> None:
    """End a turn of a locked conversation whose answer nobody wants any more; the visitor's next message goes on."""
    frame_append(turn.conversation, "gen.abort", {"gen": str(turn.gen), "reason": "cancelled"})
    _end(turn, State.CANCELLED)
    turn.save()
    _dispatch_next(turn)


def _end(turn: Turn, state: Turn.State) -> None:
    turn.state, turn.ended, turn.lease_until = state, now(), None


def _dispatch_next(turn: Turn) -> None:
    """The visitor's next message waits for this turn; wake it."""
    waiting = Turn.objects.filter(conversation_id=turn.conversation_id, state=State.QUEUED).exclude(pk=turn.pk).order_by("created").first()
    if waiting:
        outbox_again(f"answer:{waiting.pk}")


# --- when it goes wrong ----------------------------------------------------------------------------------------------


def turn_retry_or_fail(turn_id: str | UUID, still: Q, *, why: str) -> None:
    """An attempt broke or its lease ran out: try once more where an attempt and time are left, else end with an honest text (C4).

    `still` is what the caller saw and what has to hold yet: where another has seen it too and was quicker, its new attempt is left alone.
    """
    seen = Turn.objects.select_related("question", "conversation__site").get(pk=turn_id)
    is_left = is_cry_for_help(seen.question) and not is_staffed(seen.conversation.site)  # asked before the lock: presence is in Redis
    with locked(seen.conversation_id) as conversation:
        row = Turn.objects.select_related("question").select_for_update(of=("self",))  # claims take no lock of the conversation
        turn = row.filter(still, pk=turn_id, state__in=Turn.OPEN).order_by().first()
        if turn is None:
            return
        log.warning("turn %s: %s (state %s)", turn.pk, why, turn.state)
        if turn.deadline <= now():
            _fail(turn, conversation, why, is_left=is_left)
        elif turn.state in (State.QUEUED, State.ROUTING):
            _route_again(turn, conversation, why, is_left=is_left)
        else:
            _generate_again(turn, conversation, why)


def _route_again(turn: Turn, conversation: Conversation, why: str, *, is_left: bool) -> None:
    if turn.attempt >= MAX_ATTEMPTS:
        _fail(turn, conversation, why, is_left=is_left)
        return
    turn.state, turn.lease_until = State.QUEUED, None
    turn.save()
    outbox_again(f"answer:{turn.pk}")


def _generate_again(turn: Turn, conversation: Conversation, why: str) -> None:
    if turn.gen and cancelling.is_cancelled(turn.gen):  # the worker never heard of it
        turn.conversation = conversation
        turn_cancel(turn)
        return
    if turn.generation_attempt >= MAX_ATTEMPTS:
        _fail(turn, conversation, why)
        return
    frame_append(conversation, "gen.abort", {"gen": str(turn.gen), "reason": "restarted"})
    _wait_for_generator(turn, attempt=turn.generation_attempt + 1)
    turn.save()
    _generation_open(turn, conversation)


def _fail(turn: Turn, conversation: Conversation, why: str, *, is_left: bool = False) -> None:
    """Whoever cries for help gets it and a person, although the bot could not read on. `is_left`: nobody is there now."""
    if turn.gen and turn.state in (State.WAITING, State.STREAMING):
        frame_append(conversation, "gen.abort", {"gen": str(turn.gen), "reason": "failed"})
    language = turn.question.language
    if is_cry_for_help(turn.question):
        decision = Decision("handoff", "safety", language, text=text_of(conversation.site, language, "in_need"))  # type: ignore[arg-type]
    else:
        text = text_of(conversation.site, language, "failed")
        decision = Decision("refuse", "limit", language, text=text, offers_handoff=True)  # type: ignore[arg-type]
    turn.route, turn.reason = decision.route, decision.reason
    if conversation.owner == Conversation.Owner.BOT:
        _message_commit(turn, conversation, decision)
        if decision.route == "handoff":
            owner_to_queue(conversation, reason=decision.reason, is_message_left=is_left)
    _end(turn, State.FAILED)
    turn.save()
    _dispatch_next(turn)
    _trace_add(turn, {"failed": why})
