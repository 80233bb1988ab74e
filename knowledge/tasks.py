"""Work on knowledge that workers do, the `background` one where nothing else is said. Payloads are ids."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="knowledge.publish", queue="background")
def publish_knowledge(kb_id: str, actor: str) -> None:
    from knowledge.publishing import publish_or_explain, publishing_take

    if publishing_take(kb_id):
        publish_or_explain(kb_id, actor=actor)


@shared_task(name="knowledge.find_collisions", queue="answers", expires=600)
def find_collisions(kb_id: str) -> None:
    """On `answers`, where the encoder and the published snapshot are at hand; a FAQ's phrasings are few."""
    from knowledge.collisions import collisions_look

    collisions_look(kb_id)


@shared_task(name="knowledge.refit", queue="background")
def refit_calibration(kb_id: str, snapshot_id: str) -> None:
    from knowledge.publishing import refit_or_log

    refit_or_log(kb_id, snapshot_id)


@shared_task(name="knowledge.forget_word_hits", expires=3600)
def forget_word_hits() -> None:
    from knowledge.word_hits import old_hits_forget

    old_hits_forget()
