"""What the product may use of `knowledge`. Importing it is cheap: encoder, index and their libraries load on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from knowledge.contracts import Evidence, Knowledge, Language, Publishing, Question
from knowledge.curating import (
    article_delete,
    article_put,
    article_read,
    articles_page,
    faq_create,
    faq_delete,
    faq_disable,
    faq_questions,
    faq_read,
    faq_row_id,
    faq_titles,
    faq_update,
    faqs_page,
    variant_add,
)
from knowledge.foreseeing import (
    draft_build,
    draft_discard,
    draft_publish,
    error_in_words,
    error_kept,
    intent_traced,
    is_edited_since,
    match_traced,
    open_snapshot,
    published_snapshot,
    replay,
)
from knowledge.judging import (
    answer_check,
    answer_uncheck,
    answers_checked,
    at_most_proven,
    bases_of,
    checks_needed,
    clopper_pearson,
    company_of_base,
    gold_case_put,
    gold_cases,
    gold_cases_delete,
    held_out,
    promises_read,
    promises_set,
    questions_read,
    signs_taken_until,
    snapshot_cuts,
    table_written,
)
from knowledge.masking import hide_personal, holds_personal, mask_log, mask_personal
from knowledge.screening import messages_from, open_words, warm_words, word_filter, word_hits_keep, word_list_version, word_warned_among

if TYPE_CHECKING:
    from knowledge.faq.encoder import Encoder

Row = dict[str, Any]

__all__ = [
    "answer_check",
    "answer_uncheck",
    "answers_checked",
    "article_delete",
    "article_put",
    "article_read",
    "articles_page",
    "asks_the_same",
    "at_most_proven",
    "bare_search",
    "bases_of",
    "build_and_publish",
    "checks_needed",
    "clopper_pearson",
    "company_of_base",
    "create_knowledge_base",
    "detect_language",
    "draft_build",
    "draft_discard",
    "draft_publish",
    "encoder_named",
    "error_in_words",
    "error_kept",
    "evidence_among",
    "faq_create",
    "faq_delete",
    "faq_disable",
    "faq_questions",
    "faq_read",
    "faq_row_id",
    "faq_titles",
    "faq_update",
    "faqs_page",
    "gold_case_put",
    "gold_cases",
    "gold_cases_delete",
    "held_out",
    "intent_traced",
    "is_edited_since",
    "is_newer_than_published",
    "is_published",
    "listen",
    "made_up_faqs",
    "hide_personal",
    "holds_personal",
    "mask_log",
    "mask_personal",
    "match_traced",
    "messages_from",
    "meaning_key",
    "normalise_for_cache",
    "open_all_knowledge",
    "open_knowledge",
    "open_snapshot",
    "open_words",
    "promises_read",
    "promises_set",
    "publish_again",
    "published_in_words",
    "published_snapshot",
    "publishing_start",
    "publishing_state",
    "questions_read",
    "replace_knowledge",
    "replay",
    "sample_questions",
    "sensing_problem",
    "shared_pieces",
    "signs_taken_until",
    "snapshot_cuts",
    "snapshot_report",
    "table_written",
    "use_encoder",
    "variant_add",
    "warm_encoder",
    "watch_published",
    "warm_words",
    "word_filter",
    "word_hits_keep",
    "word_warned_among",
    "word_list_version",
]


# --- questions -------------------------------------------------------------------------------------------------------


def detect_language(text: str, default: Language = "en") -> Language:
    """By script; `default` where there is neither a Han character nor a Latin word."""
    from knowledge.faq.normalise import detect_language as detect

    return detect(text, default)


def normalise_for_cache(text: str) -> str:
    """Equal for questions in the same words: case, width, script, greetings, particles and signs do not count."""
    from knowledge.faq.normalise import exact_key

    return exact_key(text)


def meaning_key(text: str, language: Language) -> str:
    """Equal for questions of the same telling words; empty where there are none."""
    from knowledge.faq.meaning import meaning_key as key_of

    return key_of(text, language)


def asks_the_same(text: str, other: str) -> bool:
    """Of two questions with the same meaning key: no guard objects to taking one for the other."""
    from knowledge.faq.meaning import asks_the_same as same

    return same(text, other)


def shared_pieces(text: str, other: str) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each stands in the other text too."""
    from knowledge.faq.shared import shared_pieces as pieces

    return pieces(text, other)


# --- snapshots -------------------------------------------------------------------------------------------------------


def use_encoder(folder: Path | str) -> None:
    """Names this process's encoder: a folder, or `hash` for tests."""
    from knowledge.encoding import use_encoder as use

    use(folder)


def warm_encoder() -> None:
    """One question through the encoder, so that a process that cannot encode says so before a visitor finds out."""
    from knowledge.encoding import encoder

    encoder().encode(["ok"])


def sensing_problem() -> str:
    """Why abuse and self-harm are not heard without a listed word, with this process's encoder; empty where they are."""
    from knowledge.encoding import encoder
    from knowledge.sensitive.semantic.judging import judge_problem

    return judge_problem(encoder().version)


def publish_again(*, actor: str) -> int:
    """Asks for a new snapshot of every base whose published one does not fit this version, or whose publishing was cut off."""
    from knowledge.publishing import publish_again as again

    return again(actor=actor)


def open_knowledge(kb_id: UUID | str) -> Knowledge:
    """The published snapshot, at most a second old. Raises `NothingPublished`. Workers only."""
    from knowledge.opened import open_knowledge as open_snapshot

    return open_snapshot(kb_id)


def open_all_knowledge() -> int:
    """Opens what is published; the number of knowledge bases that are ready to answer. Workers only."""
    from knowledge.opened import open_all

    return open_all()


def watch_published() -> None:
    """From now on what is newly published is opened beside the answering, and nobody waits for it. Workers only."""
    from knowledge.opened import watch_published as watch

    watch()


def is_published(kb_id: UUID | str) -> bool:
    """Whether visitors can be answered from this base at all."""
    from knowledge.models import KnowledgeBase

    return KnowledgeBase.objects.filter(pk=kb_id).exclude(published_snapshot=None).exists()


def is_newer_than_published(kb_id: UUID | str) -> bool:
    """Whether anything was edited since visitors were last given a snapshot of this base."""
    from knowledge.importing import is_newer_than_published as is_newer

    return is_newer(kb_id)


def published_in_words(kb_id: UUID | str) -> str:
    """The published snapshot's number and beginning of its id; a dash where nothing is published."""
    from knowledge.models import KnowledgeBase

    snapshot = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id).published_snapshot
    return f"{snapshot} ({str(snapshot.pk)[:8]})" if snapshot else "–"


def publishing_start(kb_id: UUID | str, *, actor: str) -> bool:
    """Ask the background worker for a new snapshot; False where one is being made already."""
    from knowledge.models import KnowledgeBase
    from knowledge.publishing import publishing_start as start

    return start(base=KnowledgeBase.objects.get(pk=kb_id), actor=actor)


def publishing_state(kb_id: UUID | str) -> Publishing:
    """How far a publishing is that was asked for."""
    from knowledge.publishing import publishing_state as state

    return state(kb_id)


def snapshot_report(kb_id: UUID | str) -> Row:
    """What the builder of the published snapshot wrote down of it; empty where nothing is published."""
    from knowledge.models import KnowledgeBase

    snapshot = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id).published_snapshot
    return dict(snapshot.report) if snapshot else {}


def build_and_publish(kb_id: UUID | str, *, actor: str) -> str:
    """The same here and now; the snapshot's id. Workers and tests only."""
    from knowledge.snapshots import publish

    return publish(kb_id, actor=actor).pk


# --- measuring -------------------------------------------------------------------------------------------------------


def sample_questions(kb_id: UUID | str, count: int) -> list[str]:
    """Phrasings of live FAQs at equal distances, each wrapped so that it is no exact match."""
    from knowledge.models import Variant

    live = Variant.objects.filter(faq__knowledge_base_id=UUID(str(kb_id)), faq__state="live")
    rows = live.order_by("faq__key", "pk").values_list("text", "language")
    step = max(1, len(rows) // max(1, count))
    openers = {"zh": "想了解一下，", "en": "I was wondering, "}
    return [openers[language] + text for text, language in rows[::step]][:count]


def made_up_faqs(num_variants: int, seed: int) -> list[Row]:
    """A bank of any size as `replace_knowledge` takes it. For measurements only."""
    from knowledge.evaluation.synthetic import bank_made

    return [
        {
            "key": faq.key,
            "category": faq.category,
            "variants": {language: [variant.text for variant in faq.variants if variant.language == language] for language in ("zh", "en")},
            "answers": {language: answer.text for language, answer in faq.answers.items()},
        }
        for faq in bank_made(num_variants, seed).faqs
    ]


def bare_search(kb_id: UUID | str) -> Callable[[str], object]:
    """Encoding and the flat index alone: the floor of what a FAQ answer can take. Workers and measurements only."""
    from knowledge.encoding import encoder
    from knowledge.opened import open_knowledge as open_snapshot

    return open_snapshot(kb_id).bare_search(encoder())


def encoder_named(named: str, *, tell: Any) -> Encoder:
    """For an evaluation: `hash`, a folder, or a catalogue entry, pulled where it is not there; empty: the setting. Progress goes to `tell`."""
    from knowledge.encoding import encoder_named as named_one

    return named_one(named, tell=tell)


def evidence_among(texts: Sequence[str], question: Question, encoder: Encoder, *, least: float | None = None) -> tuple[Evidence, ...]:
    """At most three sentences of a few texts that are no knowledge base, selected as of articles; with `least` = 0 however far they are."""
    from knowledge.articles.among import evidence_among as among

    return among(texts, question, encoder, least=least)


# --- content ---------------------------------------------------------------------------------------------------------


def create_knowledge_base(company_id: UUID | str, name: str) -> str:
    from knowledge.importing import create_knowledge_base as create

    return create(company_id, name)


def replace_knowledge(
    kb_id: UUID | str,
    *,
    faqs: Iterable[Mapping[str, Any]],
    articles: Iterable[Mapping[str, Any]],
    intents: Iterable[Mapping[str, Any]],
) -> bool:
    """Makes the base equal to plain data, by key; True when anything changed."""
    from knowledge.importing import replace_knowledge as replace

    return replace(str(kb_id), faqs=faqs, articles=articles, intents=intents)


def listen(listener: Callable[[str, UUID, str, str, str], None]) -> None:
    """Be told of what happens to knowledge: what ("published"), the company, who did it, and the thing's name."""
    from knowledge.told import listen as add

    add(listener)
