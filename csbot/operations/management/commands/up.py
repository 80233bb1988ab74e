"""`manage.py up`: the supervisor behind `make demo`."""

from __future__ import annotations

import ctypes
import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from csbot.operations.supervisor.children import PR_SET_PDEATHSIG
from csbot.operations.supervisor.console import Console
from csbot.operations.supervisor.data_folder import FolderInUse
from csbot.operations.supervisor.installation import Installation, StartFailed, Wish


class Command(BaseCommand):
    help = "Start everything on this machine and watch over it until Ctrl-C."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="with the bilingual demo company")
        parser.add_argument("--port", type=int, default=settings.CSBOT.port)
        parser.add_argument("--engine", default=settings.CSBOT.engine, choices=["transformers_cb", "generate", "openai_http", "scripted"])
        parser.add_argument("--no-pull", action="store_true", help="take the models that are there, fetch none")
        parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one is gone")

    @translation.override(settings.OPERATORS_LANGUAGE)
    def handle(self, *args: Any, **options: Any) -> None:
        if options["with_parent"]:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if not 1 <= options["port"] <= 65535:
            raise CommandError(_("--port: a number from 1 to 65535"))
        os.environ["CSBOT_DATA_DIR"] = str(settings.DATA_DIR)
        os.environ["CSBOT_ENGINE"] = options["engine"]
        wish = Wish(settings.DATA_DIR, options["port"], is_demo=options["demo"], pulls_models=not options["no_pull"])
        try:
            Installation(wish, settings.CSBOT, Console()).run()
        except (FolderInUse, StartFailed) as error:
            raise CommandError(str(error)) from error
