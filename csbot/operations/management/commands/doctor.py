"""`manage.py doctor`: what is wrong with this installation and what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from csbot.operations.doctor import examine


class Command(BaseCommand):
    help = "Say what is wrong with this installation and what to do. Exit 1 where anything is."
    requires_system_checks: tuple[str, ...] = ()

    @translation.override(settings.OPERATORS_LANGUAGE)
    def handle(self, *args: Any, **options: Any) -> None:
        num_wrong = 0
        for finding in examine():
            num_wrong += not finding.is_good
            self.stdout.write(f"  {'ok' if finding.is_good else 'NO':4}{finding.name:14}{finding.detail}")
            if not finding.is_good and finding.remedy:
                self.stdout.write(f"      {'':14}→ {finding.remedy}")
        self.stdout.write(_("%(number)d to mend") % {"number": num_wrong} if num_wrong else _("all is well"))
        sys.exit(1 if num_wrong else 0)
