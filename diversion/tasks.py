"""What a worker does: hand out deliveries that are rung for. Whatever happens here, the rows say what is left to do.

Found by the job queue under this name. A task never decides: it claims, sends, and has the outcome recorded.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app as jobs

from diversion.actors import WORKER
from diversion.commands import reaching
from diversion.log import CommandKey
from diversion.reaching.sending import send

log = structlog.get_logger(__name__)


@jobs.task(name=reaching.DELIVER, queue=reaching.QUEUE)
def deliver(delivery_id: str) -> None:
    """One try of one delivery; nothing if somebody else is at it or it has been done."""
    taken = reaching.claim(UUID(delivery_id))
    if taken is None:
        return
    error = send(taken.sealed, taken.message)
    told = {"region": taken.region_id, "command": str(taken.command_id)}
    log.info("delivery_tried", delivery=delivery_id, attempt=taken.attempt, error=error, **told)
    reaching.record_outcome(
        actor=WORKER, key=CommandKey.new(), delivery_id=taken.id, attempt=taken.attempt, error=error
    )


# Before deliveries: behind a long queue of slow gateways the worker would seem dead. Every 10 s: seconds come last.
@jobs.periodic(cron="* * * * * */10")
@jobs.task(name="beat", queue=reaching.QUEUE, queueing_lock="beat", priority=10)
def beat(timestamp: int) -> None:  # noqa: ARG001  # the queue says for which moment it is
    """Say that a worker lives, by the way that deliveries take."""
    reaching.note_worker()


@jobs.periodic(cron="* * * * *")
@jobs.task(name="retry_stalled", queue=reaching.QUEUE, queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Jobs of a killed worker stay "doing" until somebody takes them back. The clock has rung again long before."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)
