"""The Celery application. Queues: `answers`, `generation`, `background`; payloads are ids only."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger

from csbot.lib.logs import hide_personal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csbot.settings")

app = Celery("csbot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["csbot.api", "csbot.conversations", "csbot.curation", "csbot.operations", "csbot.webhooks", "knowledge"])
after_setup_logger.connect(hide_personal)  # Celery's own handlers, where it has any
after_setup_task_logger.connect(hide_personal)
