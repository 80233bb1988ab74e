"""A trace in words: why a turn was answered as it was. For the console, the admin and the agents, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from csbot.conversations.sensing import sensed_in_words, suspected_in_words


def trace_in_words(trace: Mapping[str, Any]) -> list[str]:
    """One sentence a step, in the order in which they happened."""
    steps = (_screened, suspected_in_words, sensed_in_words, _cached, _looked_up, _intent, _candidates, _decided, _generated, _said, _checked)
    return [sentence for step in steps if (sentence := step(trace))]


def _screened(trace: Mapping[str, Any]) -> str:
    hits = trace.get("filter", {}).get("hits", [])
    if not hits:
        return ""
    return _("Listed words in the message: %(words)s.") % {"words": _hits(hits)}


def _said(trace: Mapping[str, Any]) -> str:
    hits = trace.get("said", [])
    return _("Listed words in the answer: %(words)s.") % {"words": _hits(hits)} if hits else ""


def _hits(hits: list[Mapping[str, Any]]) -> str:
    return ", ".join(f"{hit['term']} ({', '.join(filter(None, (hit['category'], hit.get('level'))))})" for hit in hits)


def _cached(trace: Mapping[str, Any]) -> str:
    return _("Answered from the cache.") if trace.get("cache") else ""


def _looked_up(trace: Mapping[str, Any]) -> str:
    lookup = trace.get("lookup")
    if not lookup:
        return ""
    named = ", ".join(f"{name} = {value}" for name, value in lookup["values"].items()) or "–"
    if wanted := lookup.get("wanted"):
        return _("Lookup %(key)s (%(named)s): asked for %(wanted)s.") % {"key": lookup["key"], "named": named, "wanted": wanted}
    outcomes = {"found": _("found"), "unknown": _("not found"), "failed": _("the system gave no answer that can be used")}
    outcome, why = outcomes.get(lookup["outcome"], ""), lookup.get("why") or "–"
    values = {"key": lookup["key"], "named": named, "outcome": outcome, "ms": lookup.get("ms"), "why": why}
    return _("Lookup %(key)s (%(named)s): %(outcome)s after %(ms)s ms (%(why)s).") % values


def _intent(trace: Mapping[str, Any]) -> str:
    intent = trace.get("intent")
    if not intent or intent["action"] == "question":
        return ""
    values = {"key": intent["key"], "action": intent["action"], "percent": round(intent["p"] * 100)}
    return _("Intent: %(key)s, which leads to %(action)s (%(percent)s %%).") % values


def _candidates(trace: Mapping[str, Any]) -> str:
    candidates = [item for item in (trace.get("faq") or {}).get("candidates") or [] if "faq" in item and "p" in item]
    if not candidates:
        return ""
    listed = "; ".join(f"{item['faq']} {round(item['p'] * 100)} % (“{item.get('variant', '')}”)" for item in candidates[:3])
    return _("Nearest FAQs: %(listed)s.") % {"listed": listed}


def _decided(trace: Mapping[str, Any]) -> str:
    return _("Outcome: %(route)s.") % {"route": route_in_words(trace)} if trace.get("route") else ""


def route_in_words(trace: Mapping[str, Any]) -> str:
    """The route and why it was taken, such as "Refused (a listed word)"."""
    route, reason = trace["route"], trace.get("reason") or ""
    match = str((trace.get("faq") or {}).get("reason") or "").partition(":")[0]
    routes = {
        "answer": _("Answered") if reason == "lookup" else _("Answered with the stored text"),
        "clarify": _("Asked back"),
        "generate": _("Answered with a generated text"),
        "handoff": _("Put through to a person"),
        "refuse": _("Refused"),
        "chitchat": _("Small talk"),
    }
    reasons = {
        "exact": _("the question stands among the phrasings"),
        "faq": _("one FAQ is sure enough"),
        "clarify": _("several FAQs are near, none is sure enough"),
        "lookup": _("a value is missing") if route == "clarify" else _("the company's own system knows"),
        "evidence": _("no FAQ fits, but there is evidence"),
        "no_evidence": _("nothing that is known speaks of it"),
        "out_of_scope": _("it is not about this company"),
        "safety": _("somebody may be in need") if trace.get("sensed") else _("a listed word"),
        "limit": _("a limit was reached"),
        "requested": _("the visitor asked for it"),
        "complaint": _("a complaint"),
    }
    nearer = {
        "guard": _("the nearest FAQ differs in a number, a name or a “not”"),
        "chosen": _("the reply names one of the offered questions"),
        "two_questions": _("several things are asked at once"),
        "several": _("several things are asked at once"),
        "vague": _("a word or two may mean many things"),
        "same_faq": _("the visitor wants something of what was just answered"),
        "other_language": _("the FAQ has no answer in this language"),
    }
    why = nearer.get(match) or reasons.get(reason)
    return _("%(route)s (%(why)s)") % {"route": routes.get(route, route), "why": why} if why else routes.get(route, route)


def _generated(trace: Mapping[str, Any]) -> str:
    engine = trace.get("generation")
    if not engine:
        return ""
    if engine.get("refused"):
        return _("Nothing was generated: %(why)s.") % {"why": engine["refused"]}
    values = {
        "tokens": engine.get("new_tokens"),
        "first": engine.get("first_token_ms"),
        "speed": engine.get("tokens_per_s"),
        "model": trace.get("model"),
    }
    return _("Generated %(tokens)s tokens by %(model)s; first after %(first)s ms, %(speed)s a second.") % values


def _checked(trace: Mapping[str, Any]) -> str:
    rung = trace.get("rung")
    if rung is None:
        return ""
    if rung == 3 and trace.get("support") is not None:
        return _("Every claim of the answer was found in the evidence; it rests on it to %(share)s %%.") % {"share": round(100 * trace["support"])}
    return {
        3: _("Every claim of the answer was found in the evidence."),
        4: _("The generated text did not hold; the best evidence sentence was quoted."),
        5: _("The generated text did not hold; the visitor was asked back."),
        6: _("Nothing held; a person was offered."),
    }.get(rung, "")
