"""`manage.py replay_trace TURN_ID`: the decision of a turn again, from its trace and the words that are kept. Loads no model library."""

from __future__ import annotations

import json
import sys
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from csbot.conversations.history import history_of
from csbot.conversations.models import Trace, Turn
from knowledge import facade as knowledge


class Command(BaseCommand):
    help = "Routes a turn again from its trace, and says what differs. Exit 0: the same, 1: it differs, 2: it cannot be done again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("turn", type=UUID)

    @translation.override(settings.OPERATORS_LANGUAGE)
    def handle(self, *args: Any, **options: Any) -> None:
        trace = Trace.objects.filter(turn=options["turn"]).first()
        if trace is None:
            raise CommandError(_("There is no trace of this turn."), returncode=2)
        replayed = knowledge.replay(trace.data, _said(trace.turn))
        if replayed.refusal:
            raise CommandError(replayed.refusal, returncode=2)
        if not replayed.differences:
            self.stdout.write(_("the same"))
            return
        for one in replayed.differences:
            self.stdout.write(f"{one.where}: {_short(one.was)} → {_short(one.now)}")
        sys.exit(1)


def _said(turn: Turn) -> list[str]:
    """The words that a trace may have without personal data."""
    earlier = (text for one in history_of(turn) for text in (one.question, one.asked))
    return [turn.question.text, turn.chip.get("question", ""), *earlier]


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]
