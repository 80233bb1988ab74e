"""`manage.py conversation_eval FILE`: scripted conversations through a running system of its own."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from csbot.conversations.asking import TimedOut, question_ask, reply_as_json
from csbot.conversations.errors import Refused
from csbot.conversations.evaluation import Heard, Result, ScriptedConversation, ScriptError, report, scripts_read, visible
from csbot.conversations.models import Conversation
from csbot.conversations.services.owners import handoff_cancel
from csbot.operations.scratch import is_inside, run_inside


class Command(BaseCommand):
    help = "Run scripted conversations with the demo company and score them; the last line is one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", action="append", default=[], help="only this kind; may be given several times")
        parser.add_argument("--out", type=Path, help="one JSON line for each turn")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")
        parser.add_argument("--running", action="store_true", help="ask the system that runs in the data folder instead of a scratch one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scripts = scripts_read(options["file"], options["kind"])
        except (ScriptError, OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be used: {error}") from error
        if not options["running"] and not is_inside():
            sys.exit(run_inside("conversation_eval", _absolute(sys.argv[2:])))
        results = [self._play(script, quiet=options["json"]) for script in scripts]
        if options["out"]:
            _write(options["out"], results)
        figures = report(results)
        if not options["json"]:
            self._table(figures)
        self.stdout.write(json.dumps(figures, ensure_ascii=False))

    def _play(self, script: ScriptedConversation, *, quiet: bool) -> Result:
        result = Result(script)
        conversation = ""
        for turn in script.turns:
            heard, conversation = _say(turn.user, conversation)
            result.heard.append(heard)
        if not quiet:
            self.stderr.write(f"{'+' if result.is_resolved else '-'} {script.id} {script.kind}")
        return result

    def _table(self, figures: dict[str, Any]) -> None:
        for name, value in figures.items():
            self.stdout.write(f"{name:20} {value}")


def _say(text: str, conversation: str) -> tuple[Heard, str]:
    """One turn as a visitor sees it; a conversation that a person has is given back to the bot, so that the rest still counts."""
    try:
        reply = reply_as_json(question_ask(text, conversation_id=conversation))
    except TimedOut:
        return Heard("failed", "", 60_000.0), conversation
    except Refused as refusal:
        return Heard("refuse", refusal.code, 0.0), conversation
    handed_over = reply["owner"] != Conversation.Owner.BOT
    if handed_over:
        row = Conversation.objects.get(pk=reply["conversation"])
        handoff_cancel(conversation_id=row.pk)
    return Heard(reply["route"], visible(reply), reply["ms"]["first_sign"], handed_over), reply["conversation"]


def _write(path: Path, results: list[Result]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for result in results:
            for number, heard in enumerate(result.heard):
                row = {
                    "id": f"{result.script.id}/{number + 1}",
                    "kind": result.script.kind,
                    "user": result.script.turns[number].user,
                    "route": heard.route,
                    "text": heard.text,
                    "passed": result.passed(number),
                    "wrong": result.is_wrong(number),
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _absolute(arguments: list[str]) -> list[str]:
    """The child runs in the checkout's folder."""
    return [str(Path(part).resolve()) if Path(part).exists() or part.endswith(".jsonl") else part for part in arguments]
