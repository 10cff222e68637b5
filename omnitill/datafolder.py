"""The folder that keeps the demonstration between runs: one owner at a time, and no other folder is ever emptied."""

import fcntl
import os
import shutil
from pathlib import Path

LOCK_NAME = "demo.lock"
"""Also the sign that a folder is ours to empty."""

HUB_FILES = frozenset({"hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm", "hub.lock", "hub.life"})
"""A folder that holds nothing but these was filled by `omnitill seed`; the demonstration opens with what is there."""


class FolderRefused(Exception):
    """The folder cannot be used; the message is a sentence that says why and what to do."""


class DataFolder:
    """Held by this process from creation until `release`, or its death: the kernel lets go of the lock.

    Raises FolderRefused when another demonstration holds it, it cannot be written to, or it holds somebody's other
    files: those would be lost with the next `--reset`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = {entry.name for entry in self.path.iterdir()}
            if LOCK_NAME not in found and not found <= HUB_FILES:
                raise FolderRefused(
                    f"{self.path} holds files that are not a demonstration's. Nothing was changed. "
                    "Name an empty or a new folder with --data."
                )
            self._lock = os.open(self.path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderRefused(
                f"The data folder {self.path} cannot be used ({error.strerror}). Nothing was changed. "
                "Name another one with --data."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._lock, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(self._lock)
            raise FolderRefused(
                f"Another demonstration (process {owner}) already runs on {self.path}. Nothing was changed. "
                "End that one, or name another folder with --data."
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def empty(self) -> None:
        """Deletes all that earlier runs kept."""
        for entry in self.path.iterdir():
            if entry.name == LOCK_NAME:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def release(self) -> None:
        """Lets the next one in; what is in the folder stays."""
        os.close(self._lock)
