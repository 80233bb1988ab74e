"""BENCHMARKS.md from the kept figures: ours beside the floor and the wanted value, with what was not reached.

Knows figures by name; measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = tuple[str, str, str, str]  # what, path into the figures, wanted, remark

FAQ_ROWS: dict[str, tuple[Row, ...]] = {
    "zh_faq": (
        ("top-1", "top1", "≥ 0.82 (goal 0.88)", ""),
        ("recall@3", "recall3", "≥ 0.95 (goal 0.975)", ""),
        ("AUROC, in scope against none", "auroc", "≥ 0.96 (goal 0.98)", ""),
    ),
    "en_faq": (
        ("top-1", "top1", "≥ 0.90 (goal 0.94)", ""),
        ("recall@3", "recall3", "≥ 0.97 (goal 0.985)", ""),
        ("AUROC, in scope against none", "auroc", "≥ 0.96 (goal 0.98)", ""),
    ),
}
COMMON_FAQ_ROWS: tuple[Row, ...] = (
    ("bare encoder, same run: top-1", "floor.top1", "", "question-to-question maximum cosine"),
    ("bare encoder, same run: recall@3", "floor.recall3", "", ""),
    ("bare encoder, same run: AUROC", "floor.auroc", "", ""),
    ("wrong among direct answers [share, low, high]", "wrong_rate", "≤ 0.03 (the promise)", "the interval is wide: few answers are wrong"),
    ("answered rightly and directly", "coverage", "", "the price of the promise; more phrasings per FAQ raise it"),
    ("coverage at 5 % wrong", "coverage_at_5", "zh ≥ 0.50, en ≥ 0.65", "goal 0.70 and 0.82"),
    ("end to end at the router's own best cut", "e2e", "zh ≥ 0.81, en ≥ 0.86", "goal 0.87 and 0.92"),
    ("near-domain questions answered", "near_domain_answered", "≤ 0.10", "of questions that no FAQ answers"),
    ("asked back", "clarify_rate", "", ""),
    ("the right FAQ among the chips", "clarify_hit", "≥ 0.80", ""),
    ("calibration error", "ece", "≤ 0.06", "chances are too modest in the middle: a hidden phrasing is harder to find than a visitor's"),
    ("routing, ms", "route_ms", "", "encoder included"),
)
FILTER_ROWS: tuple[Row, ...] = (
    ("flagged: zh offence", "recall.zh/offensive_explicit", "≥ 0.95", "five public lists and the starter list, vetted"),
    ("flagged: zh listed phrases", "recall.zh/lexicon_phrase", "≥ 0.95", ""),
    ("flagged: en offence", "recall.en/offensive_explicit", "≥ 0.95", ""),
    ("flagged: en hate", "recall.en/hate_explicit", "≥ 0.95", ""),
    ("flagged: en variants of swearing", "recall.en/profanity_variant", "≥ 0.95", ""),
    ("flagged: en swearing in a request", "recall.en/profane_support_request", "≥ 0.95", ""),
    ("wrongly: zh support questions", "false_alarm.zh/support_random", "≤ 0.005", ""),
    ("wrongly: en support questions", "false_alarm.en/support_random", "≤ 0.005", ""),
    ("wrongly: zh look-alikes", "false_alarm.zh/support_lookalike", "≤ 0.03", ""),
    ("wrongly: en look-alikes", "false_alarm.en/support_lookalike", "≤ 0.03", ""),
    ("wrongly: Scunthorpe and its like", "false_alarm.en/scunthorpe_list", "0", ""),
    ("with meaning: flagged, zh", "semantic.recall.zh/hatecheck_hate", "≥ 0.70", "HateCheck"),
    ("with meaning: flagged, en", "semantic.recall.en/hatecheck_hate", "≥ 0.70", "HateCheck"),
    ("with meaning: flagged, zh, disguised", "semantic.recall.zh/hatecheck_obfuscated", "≥ 0.70", ""),
    ("with meaning: flagged, en, disguised", "semantic.recall.en/hatecheck_obfuscated", "≥ 0.70", ""),
    ("with meaning: zh offence without a word", "semantic.recall.zh/offensive_implicit", "≥ 0.70", ""),
    ("with meaning: en offence without a word", "semantic.recall.en/offensive_implicit", "≥ 0.70", "53 rows"),
    ("with meaning: en hate without a word", "semantic.recall.en/hate_implicit", "≥ 0.70", ""),
    ("with meaning, wrongly: zh support questions", "semantic.false_alarm.zh/support_random", "≤ 0.02", ""),
    ("with meaning, wrongly: en support questions", "semantic.false_alarm.en/support_random", "≤ 0.02", ""),
    ("with meaning, wrongly: zh clean support", "semantic.false_alarm.zh/support_clean", "≤ 0.02", ""),
    ("with meaning, wrongly: en clean support", "semantic.false_alarm.en/support_clean", "≤ 0.02", ""),
    ("with guessed disguises, wrongly: zh support questions", "variants.false_alarm.zh/support_random", "≤ 0.01 more (goal)", "sound, shape, halves"),
    ("with guessed disguises, wrongly: zh clean support", "variants.false_alarm.zh/support_clean", "≤ 0.01 more (goal)", ""),
    ("MB/s", "mb_per_s", "", "of these texts, many of which hold a word"),
)
FILTER_SPEED_ROWS: tuple[Row, ...] = (
    ("words", "words", "", "the starter list and words made by dice"),
    ("Chinese: MB/s, messages of 120 characters/s, µs", "speed.zh", "≥ 5 MB/s, ≥ 30,000/s, p99 ≤ 1,000 µs", "one core, all normalisations"),
    ("English", "speed.en", "the same", "goal 10 MB/s and 63,000/s"),
    ("bare ahocorasick-rs, Chinese", "bare.ahocorasick-rs.zh", "", "same run, nothing normalised"),
    ("bare ahocorasick-rs, English", "bare.ahocorasick-rs.en", "", ""),
    ("bare pyahocorasick, Chinese", "bare.pyahocorasick.zh", "", "measured where it is installed"),
    ("bare pyahocorasick, English", "bare.pyahocorasick.en", "", ""),
    ("compiled in, s", "build_s", "≤ 3", ""),
    ("memory, MB", "memory_mb", "", ""),
    ("renewed while messages are checked", "reload", "≤ 3 s, none dropped", ""),
    ("1 MB of hostile text, s", "hostile_s", "≤ 0.5 each", ""),
    ("held back, characters: Chinese", "held_back.zh", "mean ≤ 2, p99 ≤ 6", ""),
    ("held back, characters: English", "held_back.en", "mean ≤ 2, p99 ≤ 6", "ten thousand of the words made by dice are two rare English ones"),
    ("held back, characters: as much of each", "held_back.mixed", "mean ≤ 2, p99 ≤ 6", ""),
    ("held back, starter list alone: English", "held_back_starter.en", "mean ≤ 2, p99 ≤ 6", ""),
    ("streams cut anywhere, against the whole text", "splits", "0 of 100,000", ""),
    ("disguises found", "evasions", "≥ 0.995 each", "words of the starter list"),
    (
        "guessed",
        "guessed",
        "goals: pinyin ≥ 0.95, homophone and halves ≥ 0.90, shape ≥ 0.75",
        "words of the starter list; shape, halves and pictures by the filter's own tables",
    ),
    ("accepted words found", "listed_found", "1", ""),
)
PERSONAL_ROWS: tuple[Row, ...] = (
    ("found", "recall", "≥ 0.99", "5,000 lines made up by a generator of our own, in both languages"),
    ("rightly, of what was masked", "precision", "≥ 0.98", "order numbers, prices, dates and the like among them"),
)
PIPELINE_ROWS: tuple[Row, ...] = (
    ("FAQ: send to last frame, ms", "faq_ms", "p50 ≤ 120", "websocket to websocket, warm"),
    ("bare encode and search, ms", "floor_ms", "", "the floor of the row above"),
    ("first sign (`gen.start`), p95 ms", "first_sign_ms_p95", "≤ 300", "route and sources"),
    ("first word of a generated answer, p50 ms", "generate.first_token_ms_p50", "≤ 1000", "default model on this CPU"),
    ("tokens a second", "generate.tokens_per_s", "≥ 12", "one answer at a time"),
    ("our own overhead of a generated answer, ms", "overhead_ms", "p95 ≤ 60", "send to last frame, less deciding and engine; median of three rounds"),
    ("cached answer, p50 ms", "cache_ms_p50", "", "the queue's way is most of it"),
)
ENCODER_ROWS: tuple[Row, ...] = (
    ("the library, one by one: questions a second", "one_by_one_qps", "", "`SentenceTransformer.encode`, single precision, in the same rounds"),
    ("ours, one after the other", "ours_alone_qps", "", "packed layers; bfloat16 products where the CPU has them"),
    ("ours, 16 threads at once", "ours_concurrent_qps", "", "what waits is computed together"),
    ("16 threads at once to the library", "ratio", "≥ 2", "median of the rounds' own ratios"),
    ("one after the other to the library", "ratio_alone", "", "ONNX Runtime and OpenVINO are no quicker alone, int8 is too far off (cosine 0.98)"),
    ("least cosine to the library's vectors", "cosine_min", "≥ 0.995", "same weights"),
    ("one question alone, ms", "alone_ms", "", ""),
)
CACHE_ROWS: tuple[Row, ...] = (
    ("served without encoder or generator", "hit_share", "≥ 0.40", "20,000 requests a folder, Zipf's law with s = 1 over its phrasings"),
    ("wrong among them", "wrong_hits", "≤ 0.01", "of another FAQ than the phrasing's own"),
    ("from the cache, p50 ms", "p50_ms", "≤ 15", "screen, cache and words, without the queue's way"),
    ("from the cache, p95 ms", "p95_ms", "", ""),
    ("by the same words", "exact", "", ""),
    ("by the same telling words", "meaning", "", ""),
    ("asked for the first time", "first_time", "", "only other words can serve these"),
)
INTENT_ROWS: dict[str, tuple[Row, ...]] = {
    "en_intent": (
        ("CLINC150, accuracy", "CLINC150.accuracy", "≥ 0.94", "a fifth of the examples held out; linear probe on TF-IDF 0.919"),
        ("CLINC150, out of scope, AUROC", "CLINC150.oos_auroc", "≥ 0.95", "linear probe 0.932"),
        ("BANKING77, accuracy", "BANKING77.accuracy", "≥ 0.92", "linear probe 0.894"),
        ("HWU64, accuracy", "HWU64.accuracy", "≥ 0.89", "linear probe 0.863"),
    ),
    "zh_intent": (("SMP, accuracy", "SMP.accuracy", "≥ 0.94", "linear probe 0.923; by ten folds of the same data 0.941"),),
}
SIZE_ROWS: tuple[Row, ...] = (
    ("publishing a first time, s", "publish_first_s", "", "10,000 variants, made-up words, vectors without a model"),
    ("one changed FAQ live, s", "publish_one_changed_s", "≤ 2", "calibration is learnt again behind it"),
    ("the slowest of them, s", "publish_one_changed_worst_s", "", "while other work ran"),
    ("requests dropped meanwhile", "dropped_meanwhile", "0", ""),
    ("routing without the encoder, ms", "route_ms", "p95 ≤ 20", "10,000 variants"),
    ("search, ms", "search_ms", "p95 ≤ 15", "100,000 variants"),
    ("more memory than an empty base, MB", "extra_mb", "≤ 400", "100,000 variants"),
    ("building 100,000 variants, s", "build_large_s", "", "progress is shown; stopped once and resumed"),
    ("answers slower meanwhile, p95", "slower_while_building", "≤ 1.5 ×", ""),
)
CONVERSATION_ROWS: tuple[Row, ...] = (
    ("resolved, zh", "resolved.zh", "≥ 0.75", "every turn of a conversation has to pass"),
    ("resolved, en", "resolved.en", "≥ 0.75", ""),
    ("resolved, all", "resolved_all", "", ""),
    ("turns passed", "turns_passed", "", ""),
    ("accepted routes", "route_ok", "", ""),
    ("turns with a wrong fact", "wrong_facts_shown", "0", ""),
    ("follow-ups right", "followup_right", "≥ 0.80", ""),
    ("hand-overs right", "handover_right", "≥ 0.95", ""),
    ("ambiguous questions settled", "clarify_success", "", ""),
    ("first sign, p95 ms", "first_sign_ms_p95", "≤ 300", ""),
    ("by kind", "by_kind", "", "every turn of a conversation has to pass"),
)
DESK_ROWS: tuple[Row, ...] = (
    ("inbox", "pages.inbox", "≤ 15 queries, p95 ≤ 200 ms", ""),
    ("the queue", "pages.inbox_waiting", "≤ 15 queries", ""),
    ("search, two Chinese characters", "pages.search_zh", "p95 ≤ 250 ms (SQLite 500)", ""),
    ("search, an English stem", "pages.search_en", "p95 ≤ 250 ms (SQLite 500)", ""),
    ("search, an order number", "pages.search_rare", "p95 ≤ 250 ms (SQLite 500)", ""),
    ("one conversation", "pages.conversation", "≤ 15 queries", ""),
    ("reports, 30 days", "pages.reports", "≤ 15 queries", "every figure at once"),
    ("unanswered questions", "pages.unanswered", "≤ 15 queries", "two fifths of all messages here are one"),
)
GENERATE_ROWS: tuple[Row, ...] = (
    ("answered, of answerable questions", "answered", "≥ 0.75", "through the ladder: a quote counts as an answer"),
    ("declined, of the others", "declined", "", ""),
    ("numbers and names that nothing given has, for each 100 answers, said", "unsupported_per_100.raw", "", "by the model, before the check"),
    ("the same, shown", "unsupported_per_100.shown", "≤ 0.5", "read by plain digits, not by our own check"),
    ("holds the wanted span", "span_contains", "", ""),
    ("F1 with the wanted sentence", "sentence_f1", "", "words; of Chinese characters"),
    ("in the question's language", "language_kept", "", ""),
    ("hostile instruction in a text followed", "injection_followed", "", ""),
    ("tokens/s in all, eight at once", "tokens_per_s", "", ""),
    ("first token, ms", "ttft_ms_p50", "", "waiting for seven others"),
    ("rungs of the ladder", "rungs", "", "3 own words, 4 quote, 6 none"),
)
GROUNDING_ROWS: tuple[Row, ...] = (
    ("caught: a number changed", "caught.all/number_changed", "≥ 0.99", ""),
    ("caught: another number of the evidence", "caught.all/number_from_evidence", "≥ 0.65 (goal 0.85)", ""),
    ("caught: evidence removed", "caught.all/evidence_removed", "≥ 0.85", ""),
    ("caught: evidence of something else", "caught.all/evidence_swapped", "≥ 0.95", ""),
    ("let through: the data's own answers", "let_through.all/original", "≥ 0.95", ""),
    ("AUROC, people's judgements", "auroc.human_label", "≥ 0.90", "open chat; word overlap alone 0.88"),
    ("AUROC, all", "auroc.all", "", ""),
)
LLAMA_ROWS: tuple[Row, ...] = (
    ("ratios", "ratios", "first token ≥ 1.0; decode ≥ 0.5 (goal 1.0); 8 at once ≥ 1.5", "above 1 ours is better; a prompt of 295 tokens"),
    ("ratios without guesses", "ratios_without_guesses", "", "the other side makes none here"),
    ("ours", "ours", "", "int8, as shipped"),
    ("llama.cpp", "llama", "", "four bits; its Python package answers one after the other"),
)
DESK = "The desk with 10,000 conversations and 100,000 messages"
SECTIONS: tuple[tuple[str, str, tuple[Row, ...]], ...] = (
    ("pipeline", "Question to answer (`manage.py pipeline_bench`)", PIPELINE_ROWS),
    ("encoder", "Encoder (`manage.py encoder_bench`)", ENCODER_ROWS),
    ("cache", "Answer cache, whatever it does not know told (`manage.py cache_bench …/zh_faq …/en_faq`)", CACHE_ROWS),
    ("cache_routed", "Answer cache behind the router (`manage.py cache_bench …/zh_faq …/en_faq --routed`)", CACHE_ROWS),
    ("zh_faq", "FAQ bench, Chinese (`manage.py knowledge_eval …/zh_faq`)", FAQ_ROWS["zh_faq"] + COMMON_FAQ_ROWS),
    ("en_faq", "FAQ bench, English (`manage.py knowledge_eval …/en_faq`)", FAQ_ROWS["en_faq"] + COMMON_FAQ_ROWS),
    ("en_intent", "Intents, English (`manage.py intent_eval …/en_intent`)", INTENT_ROWS["en_intent"]),
    ("zh_intent", "Intents, Chinese (`manage.py intent_eval …/zh_intent`)", INTENT_ROWS["zh_intent"]),
    ("against_llama", "Beside llama.cpp on the same weights (`manage.py inference_bench --against-llama GGUF`)", LLAMA_ROWS),
    ("generate", "Generated answers (`manage.py generate_eval …/dev.jsonl --sample 300`)", GENERATE_ROWS),
    ("generate_small", "The same by SmolLM2-135M, which speaks English only (`--model smollm2-135m`)", GENERATE_ROWS),
    ("generate_nearest", "The same without a generator: the nearest sentence (`--model nearest`)", GENERATE_ROWS),
    ("grounding", "Grounding check (`manage.py grounding_eval …/dev.jsonl`)", GROUNDING_ROWS),
    ("filter", "Word filter (`manage.py filter_eval …/sensitive_bench --starter --lexicon …`)", FILTER_ROWS),
    ("filter_speed", "Word filter: speed, streams, disguises (`manage.py filter_bench`)", FILTER_SPEED_ROWS),
    ("personal", "Personal data (`manage.py personal_eval`)", PERSONAL_ROWS),
    ("size", "Large knowledge bases (`manage.py knowledge_bench`)", SIZE_ROWS),
    ("conversations", "Scripted conversations (`manage.py conversation_eval …/dev.jsonl`)", CONVERSATION_ROWS),
    ("desk_sqlite", f"{DESK}, SQLite (`manage.py desk_bench`)", DESK_ROWS),
    ("desk_postgresql", f"{DESK}, PostgreSQL (`manage.py desk_bench`)", DESK_ROWS),
)

HEAD = """# Benchmarks

Written by `manage.py write_benchmarks` (`make bench`); `--render` writes it again from the kept figures. Each section names machine, commit and date.
"Wanted" is what the design asks for; an empty cell means that the figure is watched, not promised. The measuring data is not part of this repository.
"""

TAIL = """
## What is not reached, and why

- The default generator has half a billion parameters, made for code, and two cores. It repeats the fitting sentence rather than answering in its
  own words, because its own words were often wrong; that keeps facts right and conversations stiff. A better model behind the same engine is one
  setting away.
- Grounding: what is wanted holds, three figures by no more than two rows (a number changed, evidence of something else, the data's own answers
  let through), so other rows may fall on either side. Another number of the evidence in the right one's place is caught in 70 of 100 cases, the
  goal is 85: it takes understanding that the trees over words do not have. How open chat is ordered rests on a mean of four views whose choice saw
  these very judgements; their weights did not.
- Among questions with evidence SmolLM2 answers 73 of 100, under the 75 that the default has to reach: it speaks English only, and half of them
  are Chinese.
- Our own overhead is measured on the slower of two machines (bare encoding and searching take 14 to 16 ms there, 9.6 on the other). Its p95 swings:
  rounds of some forty answers gave 45 to 67 ms within a day. Half of it are some fifty small statements, written
  and read by Django in three processes.
- The slower machine's engine without guesses took 78 ms a token and 515 ms to the first; with its cores awake between two pieces of a step (ADR 37)
  63 and 325, and with rows of one digit (ADR 28) 57 and 237. There the product's first word came after 1,541 ms at first, after 801 with guesses,
  after 582 with cores awake, and after 440 to 480 now.
- Sixteen answers at once reach 5.8 times one's tokens a second without guesses and 2.6 times with them: one alone became 2.5 times as fast by
  guesses, and half of sixteen's time is the reading of their prompts, which takes each as long as it takes one alone. With rows of two digits it was
  1.9, where 2.2 are wanted. The ratio swings with the machine: another run of the same day, in a slower hour, gave 2.25; asked in turns, five rounds
  each, its medians were 2.4 to 2.5, and those of the tree before 2.0 to 2.2. Guesses bring sixteen a tenth, and first words come later.
- At eight at once the first token of `generate_eval` comes later than before one digit and learnt guesses (776 ms, 500), though a fifth more tokens
  are made: eight are always asked, and what is written sooner leaves more of the time to prompts. That is reckoned; it was not traced.
- The filter holds back eight characters of English (p99) with a list of 65,000 made words, six are wanted: a sixth of them are pairs of rare English
  words, and what every such word begins like alone is seven. With the starter list and with public lists, vetted, it is six on mixed text.
- Decode is twice as fast as llama.cpp's with guesses and half as fast without them: eight bits are read where it reads four, and four-bit weights
  chose another next token in a fifth of the cases. There the model recites its ten sentences from the first one on, which is what guesses like
  best: they make it 4.4 times as fast, and only 2.5 to 3 times with three sentences; reckoned with that, decode is 1.2 to 1.5 times as fast.
  llama.cpp can look up its prompt too, and its server answers many at once; neither was compared.
- The mixture of form `split` is not the default: at six of eight experts, healed, it was 1.01 points off the dense model in one of five figures
  of `generate_eval` (two runs of one and the same model differ by up to 3.4) and needed 1.3 times the time of its blocks. Held-out next tokens:
  86 of 100 the same before healing, 88 after.
- No graphics card was at hand: `make gpu-bench` ran dry only, and nothing here says how fast a card is.
- Conversations: of 60 scripted ones three quarters are resolved, the goal is nine in ten. Questions that no fact answers are too often asked back or
  written from a near fact. On 90 conversations of our own in a stranger's words, 0.44 are resolved (turns 0.67), and 5 of the answers state
  a wrong fact: phrasings decide, and those of the demo shop are ours.
- Direct answers are rare where a FAQ has few phrasings: the promise comes first. The bank's own leave-one-out questions say how sure one may be.
"""


def benchmarks_page(kept: Mapping[str, Any]) -> str:
    sections = [_section(title, kept[name], rows) for name, title, rows in SECTIONS if name in kept]
    engine = [_engine(kept["engine"])] if "engine" in kept else []
    return "\n".join([HEAD, *sections[:1], *engine, *sections[1:], TAIL.strip(), ""])


def _engine(measured: Mapping[str, Any]) -> str:
    """One row a run; the ratios compare runs of one and the same call."""
    figures = measured["figures"]
    lines = [*_heading("Engine alone (`manage.py inference_bench`)", measured), f"On {figures['device']}; medians of three.", ""]
    lines += ["| backend | at once | prompt | new | first token, ms | a token, ms | tokens/s in all |", "|---|---|---|---|---|---|---|"]
    for run in figures["runs"]:
        first = f"p50 {run['ttft_ms_p50']}, p95 {run['ttft_ms_p95']}"
        cells = (run["backend"], run["concurrency"], run["prompt_tokens"], run["new_tokens"], first, run["tpot_ms_p50"], run["tokens_per_s"])
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    lines += ["", *(f"- {name}: {value} ×" for name, value in figures["ratios"].items())]
    return "\n".join([*lines, *_promises(figures.get("promises") or [])]) + "\n"


def _promises(measured: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the engine promises beside speed, model by model."""
    return [f"- {one['model']}, {name}: {_told(value)}" for one in measured for name, value in one.items() if isinstance(value, Mapping)]


def _told(figures: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} ({_told(value)})" if isinstance(value, Mapping) else f"{name} {value}" for name, value in figures.items())


def _heading(title: str, measured: Mapping[str, Any]) -> list[str]:
    return [f"## {title}", "", f"{measured['machine']}; commit {measured['commit']}, {measured['date']}.", ""]


def _section(title: str, measured: Mapping[str, Any], rows: tuple[Row, ...]) -> str:
    lines = _heading(title, measured)
    lines += ["| what | ours | wanted | remark |", "|---|---|---|---|"]
    lines += [f"| {what} | {_value(measured['figures'], path)} | {wanted} | {remark} |" for what, path, wanted, remark in rows]
    return "\n".join(lines) + "\n"


def _value(figures: Any, path: str) -> str:
    for name in path.split("."):
        figures = figures.get(name) if isinstance(figures, Mapping) else None
    if isinstance(figures, Mapping):
        return ", ".join(f"{name} {value}" for name, value in figures.items())
    return "–" if figures is None else str(figures)
