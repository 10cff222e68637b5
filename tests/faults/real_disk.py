"""A file system of its own for one test: small enough to be filled, and one that an error makes read-only.

It is mounted in a mount namespace that nobody else sees and that ends with the test, however the test ends. What it
holds is seen from here below /proc; a process that shall have it is started in the namespace.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from ready_line import ready_line

START_LIMIT_S = 60
WAIT_S = 20
CHUNK_BYTES = 64 * 1024
TOOLS = ("unshare", "nsenter", "mount", "umount")


class Disk:
    """`inside` is the path that a process of the namespace has, `outside` the same folder as this process sees it."""

    def __init__(self, inside: Path, *mount: str) -> None:
        self.inside = inside
        inside.mkdir(parents=True)
        self._mount = mount
        self._started: list[Served] = []
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", "echo there; exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()
        self.outside = Path(f"/proc/{self._holder.pid}/root{inside}")

    def run(self, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """To its end; it has to go well unless it `fails`."""
        command = [*self._within, *words]
        return subprocess.run(command, check=not fails, capture_output=True, text=True, timeout=START_LIMIT_S)

    def mount(self) -> None:
        self.run("mount", *self._mount, str(self.inside))

    def mount_anew(self) -> None:
        """As a machine does that was started again."""
        self.run("umount", str(self.inside))
        self.mount()

    def put(self, what: Path) -> None:
        """What a folder holds, through to the disk. SQLite finds no file below /proc, so it is made elsewhere."""
        shutil.copytree(what, self.outside, dirs_exist_ok=True)
        self.run("sync", "--file-system", str(self.inside))

    def taken(self, to: Path) -> Path:
        """All that is on it now, as a folder in which SQLite finds its files; who wrote them is dead."""
        return Path(shutil.copytree(self.outside, to, ignore=shutil.ignore_patterns("ballast", "lost+found")))

    def fill(self) -> None:
        """Takes every byte that is left."""
        with (self.outside / "ballast").open("ab", buffering=0) as ballast:
            for size in (CHUNK_BYTES, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(b"\1" * size):
                        pass

    def free(self) -> None:
        (self.outside / "ballast").unlink()

    def fails(self) -> None:
        """The kernel meets an error in the file system and lets nothing be written any more, under whoever uses it."""
        device = self.outside.stat().st_dev
        name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("a test")
        with pytest.raises(OSError, match="Read-only file system"):
            (self.outside / "probe").write_text("")

    def start(self, *words: str, log: Path) -> "Served":
        self._started.append(Served([*self._within, *words], log))
        return self._started[-1]

    @property
    def _within(self) -> list[str]:
        return ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt", "--"]

    def close(self) -> None:
        for one in self._started:
            one.kill()
        # With the last process of the namespace goes the mount, and with that the loop device.
        self._holder.communicate()


class Served:
    """A process that said in one JSON line that it is ready; `answer` is what it says over HTTP."""

    def __init__(self, words: list[str], log: Path) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors)
        self.ready = ready_line(self.process, START_LIMIT_S, log)

    def answer(self, method: str, path: str, **words: Any) -> Any:
        with httpx.Client(base_url=self.ready["url"], timeout=WAIT_S, trust_env=False) as client:
            return client.request(method, path, **words).json()

    def kill(self) -> None:
        """As if the power went; a second time does nothing."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def needs(*more: str) -> None:
    """Skips where this machine does not let a test have a file system of its own."""
    missing = [tool for tool in (*TOOLS, *more) if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        pytest.skip(f"a file system of its own needs root and {', '.join(missing) or 'its tools'}")
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"this machine gives no mount namespace: {tried.stderr.strip()}")


@contextmanager
def mounted(inside: Path, *mount: str) -> Iterator[Disk]:
    disk = Disk(inside, *mount)
    try:
        try:
            disk.mount()
        except subprocess.CalledProcessError as refused:
            pytest.skip(f"this machine mounts no such file system: {refused.stderr.strip()}")
        yield disk
    finally:
        disk.close()


@contextmanager
def small_disk(inside: Path, size_mb: int) -> Iterator[Disk]:
    """One that can be full: `size_mb` of memory."""
    needs()
    with mounted(inside, "-t", "tmpfs", "-o", f"size={size_mb}m", "small") as disk:
        yield disk


@contextmanager
def failing_disk(inside: Path, image: Path, size_mb: int) -> Iterator[Disk]:
    """One that `fails()` makes read-only, and that can be mounted anew: ext4 in the file `image`."""
    needs("mkfs.ext4")
    with image.open("wb") as file:
        file.truncate(size_mb * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True, timeout=WAIT_S)
    with mounted(inside, "-o", "loop,errors=remount-ro", str(image)) as disk:
        if not list(Path("/sys/fs/ext4").glob("*/trigger_fs_error")):
            pytest.skip("this kernel gives no error on demand")
        yield disk
