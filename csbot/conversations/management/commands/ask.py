"""`manage.py ask "text"`: one question through the running system. Loads no model library."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from csbot.conversations.asking import NothingRuns, Reply, TimedOut, question_ask, reply_as_json
from csbot.conversations.errors import Refused
from csbot.conversations.explaining import trace_in_words
from csbot.conversations.texts import error_text
from csbot.lib.status import status_read


class Command(BaseCommand):
    help = "Asks one question through the running system and shows route, answer, trace and timings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--site", default="", help="site key; default: the first site")
        parser.add_argument("--conversation", default="", help="id of a conversation to go on with")
        parser.add_argument("--language", choices=["zh", "en"], help="default: detected")
        parser.add_argument("--timeout", type=float, default=60, help="seconds (default 60)")
        parser.add_argument("--json", action="store_true", help="print one JSON object only")

    @translation.override(settings.OPERATORS_LANGUAGE)
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reply = question_ask(
                options["text"],
                site_key=options["site"],
                conversation_id=options["conversation"],
                language=options["language"],
                timeout_s=options["timeout"],
            )
        except NothingRuns:
            self._give_up(2, _why_nothing_runs())
        except TimedOut:
            self._give_up(3, _("no answer within %(seconds)d s; `python manage.py doctor` says what is wrong") % {"seconds": options["timeout"]})
        except Refused as refusal:
            self._give_up(1, error_text(refusal, options["language"] or ("zh" if settings.OPERATORS_LANGUAGE == "zh-hans" else "en")))
        else:
            self._show(reply, as_json=options["json"])

    def _give_up(self, code: int, why: str) -> None:
        self.stderr.write(why)
        sys.exit(code)

    def _show(self, reply: Reply, *, as_json: bool) -> None:
        answer = reply_as_json(reply)
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(f"{answer['route']} ({answer['reason']}) · {answer['language']} · {answer['ms']['total']:.0f} ms\n\n{answer['text']}\n")
        for number, option in enumerate(answer["options"], 1):
            self.stdout.write(f"  {number}. {option['text']}")
        for source in answer["sources"]:
            self.stdout.write(f"  ← {source['title']} ({source['type']} {source['id']})")
        if answer["handoff"]["offered"]:
            self.stdout.write("  ☎ " + _("a person is offered"))
        self.stdout.write("")
        for sentence in trace_in_words(answer["trace"]):
            self.stdout.write(f"  · {sentence}")


def _why_nothing_runs() -> str:
    """A worker that runs and cannot answer says why; otherwise there is none."""
    status = status_read("answers")
    if status.pid:
        return _("nothing can be answered: %(why)s") % {"why": status.detail}
    return _("nothing runs in %(folder)s: start it with `make demo` or `python manage.py up`") % {"folder": settings.DATA_DIR}
