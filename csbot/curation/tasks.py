"""The Celery doors of curation. Ids in, nothing out."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="curation.try_questions")
def try_questions(trial_id: str) -> None:
    """Some of a trial's questions; those that follow wait behind the visitors'."""
    from csbot.curation.trials import trial_go_on

    trial_go_on(trial_id)


@shared_task(name="curation.rehearse", queue="background")
def rehearse(rehearsal_id: str) -> None:
    from csbot.curation.rehearsing import rehearsal_go_on

    rehearsal_go_on(rehearsal_id)


@shared_task(name="curation.take_signs", expires=240)
def take_signs() -> None:
    from csbot.curation.signs import signs_take

    signs_take()
