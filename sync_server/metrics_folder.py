"""Where the workers of one hub keep their figures, so that any of them can add them up."""

from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that prometheus-client reads when it is imported; so whoever sets it must not import it first."""


def forget_worker(pid: int, folder: Path) -> None:
    """What was a state of a worker that ended (its sockets) counts no more; what it counted stays counted."""
    for kind in ("livesum", "livemax"):
        (folder / f"gauge_{kind}_{pid}.db").unlink(missing_ok=True)
