"""Print jobs, the store that keeps them, and the policy of retries. Pure but for the store behind its port."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Protocol

# A receipt goes out at most this often: once, and once more as a COPY when nobody knows how the first one ended.
SENDS_LIMIT = 2
# A drawer that springs open minutes after the sale is a danger, not a service.
DRAWER_FRESH_MS = 30_000


class JobState(StrEnum):
    """queued; sending (bytes may be on their way); confirmed (the barrier was answered); held (reason; nothing is
    lost, it goes on by itself); partial (the line broke in the middle); unknown (all was sent, no answer);
    failed (given up, a person decides). confirmed and failed are final."""

    QUEUED = "queued"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    HELD = "held"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    FAILED = "failed"


FINAL_STATES = frozenset({JobState.CONFIRMED, JobState.FAILED})


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One job of one printer. `kind` is "receipt" or "drawer"; `payload` is JSON; `sent_bytes` is the most that was
    ever handed over; `sends` counts how often it went into `sending`; `created_at_ms` since the Unix epoch."""

    id: str
    kind: str
    payload: str
    created_at_ms: int
    state: JobState = JobState.QUEUED
    reason: str = ""
    sent_bytes: int = 0
    sends: int = 0


class JobStore(Protocol):
    """The jobs of one printer, kept on disk by whoever owns the sale: jobs are added inside its own transaction.

    tests/hardware/job_store_contract.py holds every store to this.
    """

    def next_job(self) -> PrintJob | None:
        """The job to do next: not confirmed or failed; drawer jobs first, then the oldest (then by order added)."""

    def mark(self, job_id: str, state: JobState, reason: str, sent_bytes: int) -> None:
        """Store a new state, durably, before returning. `sending` adds one to `sends`. An unknown id is ignored."""


class MemoryJobStore:
    """JobStore in memory, for tests and for trying out."""

    def __init__(self, jobs: Iterable[PrintJob] = ()) -> None:
        self._lock = Lock()
        self._jobs: dict[str, PrintJob] = {job.id: job for job in jobs}

    def add(self, job: PrintJob) -> None:
        """Queue a job; the same id again changes nothing."""
        with self._lock:
            self._jobs.setdefault(job.id, job)

    def get(self, job_id: str) -> PrintJob:
        """The job as stored. Raises KeyError."""
        with self._lock:
            return self._jobs[job_id]

    def next_job(self) -> PrintJob | None:
        with self._lock:
            waiting = [job for job in self._jobs.values() if job.state not in FINAL_STATES]
        return min(waiting, key=lambda job: (job.kind != "drawer", job.created_at_ms), default=None)

    def mark(self, job_id: str, state: JobState, reason: str, sent_bytes: int) -> None:
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                sends = job.sends + (state is JobState.SENDING)
                self._jobs[job_id] = replace(job, state=state, reason=reason, sent_bytes=sent_bytes, sends=sends)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a job now: print it (perhaps as a copy), or give it up for a stable reason."""

    prints: bool
    copy: bool
    reason: str


def decide(job: PrintJob, now_ms: int) -> Decision:
    """The policy of retries. After bytes were sent nothing is ever repeated without saying COPY, and no drawer
    pulse is repeated at all. A job found in `sending` was cut short by the end of its process."""
    touched = job.sent_bytes > 0 or job.state in (JobState.SENDING, JobState.PARTIAL, JobState.UNKNOWN)
    if job.kind == "drawer":
        if touched:
            return Decision(False, False, "unconfirmed")
        if now_ms - job.created_at_ms > DRAWER_FRESH_MS:
            return Decision(False, False, "too_late")
    if job.sends >= SENDS_LIMIT:
        return Decision(False, touched, "unconfirmed")
    return Decision(True, touched, "")
