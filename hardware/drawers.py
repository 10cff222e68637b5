"""A cash drawer on a printer's socket: its pulse is a job of its own, so that a retried receipt never opens it."""

from __future__ import annotations

import json

from hardware.printers.jobs import PrintJob


def drawer_payload(pin: int = 2) -> str:
    """The payload of a drawer job: the pin of the printer's socket that the drawer's coil hangs on, 2 or 5."""
    return json.dumps({"pin": pin})


def drawer_job(job_id: str, created_at_ms: int, pin: int = 2) -> PrintJob:
    """A job that opens the drawer once; the spool reads the switch back and tells it as DrawerRead."""
    return PrintJob(job_id, "drawer", drawer_payload(pin), created_at_ms)
