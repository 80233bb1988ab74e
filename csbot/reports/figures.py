"""What happened in a span of days, as figures that can be drawn, listed, counted again and saved: one definition for all four.

A figure is a query over rows of one kind, grouped; its list and its CSV come from the same query. Days are those of the site's time
zone. The console's questions are not visitors' and left out everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncDate

from csbot.accounts.callers import Caller
from csbot.accounts.models import Site
from csbot.conversations.models import Conversation, Feedback, Handoff, Message, Turn

Kind = Literal["conversations", "messages", "turns", "handoffs", "feedback"]
TOP = 10


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows a report is about. `first` and `last` are days of `zone`, both included."""

    caller: Caller
    first: date
    last: date
    zone: str
    site: UUID | None = None
    language: str = ""
    with_demo: bool = True

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), ZoneInfo(self.zone))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def before(self) -> Span:
        """The span of the same length that ends where this one begins."""
        length = self.last - self.first + timedelta(days=1)
        return Span(self.caller, self.first - length, self.last - length, self.zone, self.site, self.language, self.with_demo)


# Each kind of row: its model, the way to its conversation, and the moment that counts.
SOURCES: dict[Kind, tuple[Any, str, str]] = {
    "conversations": (Conversation, "", "created"),
    "messages": (Message, "conversation__", "created"),
    "turns": (Turn, "conversation__", "created"),
    "handoffs": (Handoff, "conversation__", "queued"),
    "feedback": (Feedback, "message__conversation__", "at"),
}


def rows_of(kind: Kind, span: Span) -> QuerySet[Any]:
    """What the caller may see of a kind in the span."""
    model, way, moment = SOURCES[kind]
    rows = model.objects.filter(
        **{f"{way}company": span.caller.company_id, f"{moment}__gte": span.start, f"{moment}__lt": span.end},
    ).exclude(**{f"{way}origin": Conversation.Origin.CONSOLE})
    if span.caller.sites is not None:
        rows = rows.filter(**{f"{way}site__in": span.caller.sites})
    if span.site:
        rows = rows.filter(**{f"{way}site": span.site})
    if span.language:
        rows = rows.filter(**{f"{way}language": span.language})
    if kind == "turns":
        rows = rows.exclude(reason="context")  # exchanges that a program told us of
    shown: QuerySet[Any] = rows if span.with_demo else rows.exclude(**{f"{way}origin": Conversation.Origin.DEMO})
    return shown


@dataclass(frozen=True, slots=True)
class Figure:
    """`group` names what rows are grouped by; "day" is the day of their moment. `only` narrows the kind's rows."""

    key: str
    kind: Kind
    group: str
    only: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows
    order: Literal["day", "count", "group"] = "count"
    top: int = 0


def _answers(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(state=Turn.State.DONE, route="answer")


def _kept(rows: QuerySet[Any]) -> QuerySet[Any]:
    """What a cache may hold: stored answers and generated ones."""
    return rows.filter(state=Turn.State.DONE, route__in=["answer", "generate"])


IN_HEADLINE = ("conversations", "routes", "ratings")
BY_BOT = ("answer", "generate", "chitchat", "clarify")
UNANSWERED = Q(route="refuse", reason__in=["no_evidence", "out_of_scope"])
FIGURES: dict[str, Figure] = {
    figure.key: figure
    for figure in (
        Figure("conversations", "conversations", "day", order="day"),
        Figure("messages", "messages", "day", lambda rows: rows.filter(sender=Message.Sender.VISITOR), order="day"),
        Figure("routes", "turns", "route", lambda rows: rows.filter(state=Turn.State.DONE)),
        Figure("lost", "turns", "state", lambda rows: rows.filter(state__in=[Turn.State.FAILED, Turn.State.CANCELLED])),
        Figure("handoffs", "handoffs", "reason"),
        Figure("ratings", "feedback", "value", order="group"),
        Figure("faqs", "turns", "decision__faq", lambda rows: _answers(rows).exclude(decision__faq=None), top=TOP),
        Figure("cached", "turns", "decision__is_cached", _kept),
        Figure("cache_checks", "turns", "decision__shadow", lambda rows: _kept(rows).filter(decision__has_key="shadow")),
        Figure("unanswered", "turns", "day", lambda rows: rows.filter(UNANSWERED, state=Turn.State.DONE), order="day"),
        Figure("sites", "conversations", "site__name"),
        Figure("languages", "conversations", "language"),
    )
}


@dataclass(frozen=True, slots=True)
class Point:
    """One bar: what it is called by, and how many rows are behind it."""

    value: Any
    count: int


def points_of(figure: Figure, span: Span) -> list[Point]:
    rows = figure.only(rows_of(figure.kind, span))
    if figure.group == "day":
        return _by_day(figure, rows, span)
    counted = rows.order_by().values(figure.group).annotate(number=Count("pk")).values_list(figure.group, "number")
    return _arranged(figure, [Point(value, number) for value, number in counted if value is not None], span)


def _by_day(figure: Figure, rows: QuerySet[Any], span: Span) -> list[Point]:
    """Every day of the span, those without rows too."""
    moment = SOURCES[figure.kind][2]
    day = TruncDate(moment, tzinfo=ZoneInfo(span.zone))
    counted = rows.order_by().annotate(day=day).values("day").annotate(number=Count("pk")).values_list("day", "number")
    return _arranged(figure, [Point(one, number) for one, number in counted], span)


def all_points(span: Span, keys: Sequence[str] = tuple(FIGURES)) -> dict[str, list[Point]]:
    """The points of every figure (or of those named) by one query; `points_of` is its slow twin."""
    figures = [FIGURES[key] for key in keys]
    first, *others = [_as_texts(figure, span) for figure in figures]
    counted: dict[str, list[Point]] = {figure.key: [] for figure in figures}
    for key, text, number in first.union(*others, all=True):
        if text is not None:
            counted[key].append(Point(value_of(FIGURES[key], text), number))
    return {figure.key: _arranged(figure, counted[figure.key], span) for figure in figures}


def _as_texts(figure: Figure, span: Span) -> Any:
    rows = figure.only(rows_of(figure.kind, span)).order_by()
    if figure.group == "day":
        by: Any = TruncDate(SOURCES[figure.kind][2], tzinfo=ZoneInfo(span.zone))
    else:
        by = KT(figure.group) if figure.group.startswith("decision__") else F(figure.group)
    named = rows.annotate(of=Value(figure.key), by=Cast(by, CharField()))
    return named.values("of", "by").annotate(number=Count("pk")).values_list("of", "by", "number")


def value_of(figure: Figure, text: str) -> Any:
    """A group's value from its text, as databases and addresses have it. Raises ValueError for what is none."""
    if figure.group == "day":
        return date.fromisoformat(text)
    if figure.group == "value":
        return int(text)
    return text.lower() in ("true", "1") if figure.group == "decision__is_cached" else text


def _arranged(figure: Figure, points: list[Point], span: Span) -> list[Point]:
    if figure.group == "day":
        counted = {point.value: point.count for point in points}
        return [Point(one, counted.get(one, 0)) for one in span.days]
    points.sort(key=lambda point: (str(point.value),) if figure.order == "group" else (-point.count, str(point.value)))
    return points[: figure.top] if figure.top else points


def items_of(figure: Figure, value: str, span: Span) -> QuerySet[Any]:
    """The very rows behind one bar. `value` as it stands in an address; raises ValueError for what is no value of the figure."""
    known = value_of(figure, value)
    if figure.group == "day" and known not in span.days:
        raise ValueError("a day outside of the span")
    if figure.group == "day":
        span = Span(span.caller, known, known, span.zone, span.site, span.language, span.with_demo)
        return figure.only(rows_of(figure.kind, span))
    return figure.only(rows_of(figure.kind, span)).filter(**{figure.group: known})


# --- headlines -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Headline:
    """A share is of 0 to 1, None where nothing happened."""

    conversations: int
    answered_by_bot: float | None
    handed_over: float | None
    liked: float | None


def headline_of(span: Span, points: Mapping[str, Sequence[Point]] | None = None) -> Headline:
    """`points` of the same span save counting them again."""
    handed = rows_of("handoffs", span).values("conversation").distinct().count()
    if points is not None:
        counted = {key: {point.value: point.count for point in found} for key, found in points.items()}
        routes, thumbs = counted["routes"], counted["ratings"]
        talks = sum(counted["conversations"].values())
        answered = sum(routes.get(route, 0) for route in BY_BOT)
        return Headline(talks, _share(answered, sum(routes.values())), _share(handed, talks), _share(thumbs.get(1, 0), sum(thumbs.values())))
    turns = rows_of("turns", span).filter(state=Turn.State.DONE)
    told = turns.aggregate(all=Count("pk"), answered=Count("pk", filter=Q(route__in=BY_BOT)))
    rated = rows_of("feedback", span).aggregate(all=Count("pk"), up=Count("pk", filter=Q(value=1)))
    talks = rows_of("conversations", span).count()
    return Headline(talks, _share(told["answered"], told["all"]), _share(handed, talks), _share(rated["up"], rated["all"]))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def zone_of(caller: Caller, site: UUID | None) -> str:
    """The chosen site's time zone; without a choice that of the first site that the caller sees."""
    sites = Site.objects.filter(company=caller.company_id).order_by("created")
    if caller.sites is not None:
        sites = sites.filter(pk__in=caller.sites)
    chosen = sites.filter(pk=site).first() if site else sites.first()
    return chosen.time_zone if chosen else "Asia/Shanghai"
