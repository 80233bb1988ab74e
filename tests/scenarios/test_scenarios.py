"""Conversations as data (`*.json` beside this file), played through the services with the demo company's own content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from csbot.conversations.asking import question_ask, reply_as_json
from csbot.demo.seeding import seed
from csbot.lib.status import WorkerStatus, status_write
from knowledge import facade as knowledge

pytestmark = pytest.mark.thorough

SCENARIOS = [scenario for path in sorted(Path(__file__).parent.glob("*.json")) for scenario in json.loads(path.read_text(encoding="utf-8"))]


@pytest.fixture
def shop(workers: None) -> Any:
    knowledge.use_encoder("hash")
    seeded = seed()
    knowledge.build_and_publish(seeded.knowledge_base, actor="tests")
    return seeded


def test_scenarios_go_as_written(shop: Any, subtests: Any) -> None:
    """One company for all of them: publishing takes seconds. Each scenario has a conversation of its own."""
    for scenario in SCENARIOS:
        with subtests.test(scenario["name"]):
            play(scenario)


def beat() -> None:
    """A sign of life counts for ten seconds, and on a busy machine a scenario may take longer."""
    status_write("answers", WorkerStatus("ready"))
    status_write("generation", WorkerStatus("ready", model="scripted", prompt="1"))


def play(scenario: dict[str, Any]) -> None:
    """`afresh` begins a new conversation: another visitor asks."""
    conversation = ""
    for turn in scenario["turns"]:
        beat()
        reply = reply_as_json(question_ask(turn["say"], conversation_id="" if turn.get("afresh") else conversation, timeout_s=20))
        conversation = reply["conversation"]
        assert (reply["route"], reply["language"]) == (turn["route"], turn["language"]), reply
        assert turn["has"] in reply["text"]
        assert reply["owner"] == turn.get("owner", "bot")
        if "reason" in turn:
            assert reply["reason"] == turn["reason"]
        for key, value in turn.get("trace", {}).items():
            assert reply["trace"].get(key) == value
