"""`manage.py doctor`: what is wrong with this installation and what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from csbot.operations.doctor import examine


class Command(BaseCommand):
    help = "Say what is wrong with this installation and what to do. Exit 1 where anything is."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        num_wrong = 0
        for finding in examine():
            num_wrong += not finding.is_good
            self.stdout.write(f"  {'ok' if finding.is_good else 'NO':4}{finding.name:14}{finding.detail}")
            if not finding.is_good and finding.remedy:
                self.stdout.write(f"      {'':14}→ {finding.remedy}")
        self.stdout.write("all is well" if not num_wrong else f"{num_wrong} to mend")
        sys.exit(1 if num_wrong else 0)
