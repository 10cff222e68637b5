"""What every JobStore must do. A room with a store of its own inherits the class and makes the fixture `jobs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hardware.printers.jobs import JobState, JobStore, PrintJob


class JobsUnderTest(Protocol):
    """The store, a way to add a job as its owner does, and a way to read one back from where it is kept."""

    store: JobStore
    add: Callable[[PrintJob], None]
    get: Callable[[str], PrintJob]


def receipt(job_id: str, at_ms: int) -> PrintJob:
    return PrintJob(job_id, "receipt", '{"blocks": []}', at_ms)


class JobStoreContract:
    """Needs a fixture `jobs` that fulfils JobsUnderTest and begins empty."""

    def test_an_empty_store_has_nothing_to_do(self, jobs: JobsUnderTest) -> None:
        assert jobs.store.next_job() is None

    def test_the_oldest_receipt_comes_first_and_a_drawer_before_all(self, jobs: JobsUnderTest) -> None:
        jobs.add(receipt("late", 20))
        jobs.add(receipt("early", 10))
        jobs.add(PrintJob("pulse", "drawer", '{"pin": 2}', 30))
        order = []
        while (job := jobs.store.next_job()) is not None:
            order.append(job.id)
            jobs.store.mark(job.id, JobState.CONFIRMED, "", 1)
        assert order == ["pulse", "early", "late"]

    def test_jobs_of_the_same_moment_keep_their_order(self, jobs: JobsUnderTest) -> None:
        jobs.add(receipt("b", 10))
        jobs.add(receipt("a", 10))
        first = jobs.store.next_job()
        assert first is not None and first.id == "b"

    def test_a_job_comes_back_as_it_was_added(self, jobs: JobsUnderTest) -> None:
        added = PrintJob("x", "receipt", '{"blocks": [{"t": "text", "s": "Чай €"}]}', 1_700_000_000_000)
        jobs.add(added)
        assert jobs.store.next_job() == added

    def test_an_open_job_comes_again_with_what_was_marked(self, jobs: JobsUnderTest) -> None:
        jobs.add(receipt("x", 10))
        for state in (JobState.HELD, JobState.PARTIAL, JobState.UNKNOWN, JobState.SENDING):
            jobs.store.mark("x", state, "why", 7)
            job = jobs.store.next_job()
            assert job is not None
            assert (job.id, job.state, job.reason, job.sent_bytes) == ("x", state, "why", 7)

    def test_final_jobs_are_not_given_again_but_kept(self, jobs: JobsUnderTest) -> None:
        jobs.add(receipt("good", 10))
        jobs.add(receipt("bad", 11))
        jobs.store.mark("good", JobState.CONFIRMED, "", 12)
        jobs.store.mark("bad", JobState.FAILED, "unconfirmed", 5)
        assert jobs.store.next_job() is None
        assert jobs.get("good").state is JobState.CONFIRMED
        assert (jobs.get("bad").state, jobs.get("bad").reason) == (JobState.FAILED, "unconfirmed")

    def test_each_sending_is_counted(self, jobs: JobsUnderTest) -> None:
        jobs.add(receipt("x", 10))
        for state in (JobState.SENDING, JobState.PARTIAL, JobState.HELD, JobState.SENDING, JobState.UNKNOWN):
            jobs.store.mark("x", state, "", 3)
        assert jobs.get("x").sends == 2

    def test_the_same_job_added_twice_is_one_job(self, jobs: JobsUnderTest) -> None:
        jobs.add(receipt("x", 10))
        jobs.store.mark("x", JobState.CONFIRMED, "", 12)
        jobs.add(receipt("x", 10))
        assert jobs.store.next_job() is None

    def test_marking_an_unknown_job_changes_nothing(self, jobs: JobsUnderTest) -> None:
        jobs.store.mark("nobody", JobState.CONFIRMED, "", 1)
        assert jobs.store.next_job() is None
