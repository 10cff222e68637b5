"""A disk that keeps only what was synced: a SQLite VFS of our own that looks on at the real one.

Everything goes to the real files; at each `xSync` of a file its content of that moment becomes what a power cut leaves.
Just before, a power cut may also have written any sectors of what was about to be synced: `torn` keeps such disks.

What it does not show: a disk that says it has synced and has not, and a directory entry that was never synced.
"""

import _sqlite3
import ctypes
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

SECTOR_BYTES = 512
TORN_MAX = 24
IO_METHODS_BYTES = 8 + 18 * 8
X_SYNC_AT = 8 + 4 * 8

OPEN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


class Vfs(ctypes.Structure):
    """`sqlite3_vfs` up to where we change it; the rest is copied as it is."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_bytes", ctypes.c_int),
        ("path_max", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("app_data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("delete", ctypes.c_void_p),
        ("rest", ctypes.c_void_p * 13),
    ]


class SyncedDisk:
    """`shadow` is what a power cut leaves now; `torn` are disks as a cut in the middle of a sync may have left them."""

    def __init__(self, folder: Path, shadow: Path, seed: int = 1) -> None:
        self.folder, self.shadow = folder.resolve(), shadow
        self.random = Random(seed)
        self.syncs = 0
        self.torn: list[tuple[Path, int]] = []
        self.acknowledged: Callable[[], int] = lambda: 0
        self._names: dict[int, Path] = {}
        self._methods: dict[int, Any] = {}
        self._real_sync: dict[int, Any] = {}
        shutil.copytree(self.folder, shadow, dirs_exist_ok=True)
        # From the module itself, so that it is the library that the module uses.
        self._library = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = ctypes.c_void_p
        self._library.sqlite3_vfs_register.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._library.sqlite3_vfs_unregister.argtypes = [ctypes.c_void_p]
        self._real = self._library.sqlite3_vfs_find(None)
        self._real_open = OPEN(Vfs.from_address(self._real).open)
        self._vfs = Vfs.from_buffer_copy(Vfs.from_address(self._real))
        self._vfs.name = b"synced"
        self._real_delete = DELETE(Vfs.from_address(self._real).delete)
        self._opened, self._synced, self._deleted = OPEN(self._open), SYNC(self._sync), DELETE(self._delete)
        self._vfs.open = ctypes.cast(self._opened, ctypes.c_void_p).value
        self._vfs.delete = ctypes.cast(self._deleted, ctypes.c_void_p).value

    def plug(self) -> None:
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)

    def unplug(self) -> None:
        self._library.sqlite3_vfs_register(self._real, 1)
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))

    def lose_power(self, place: Path) -> Path:
        """The disk as it would be if the power went now, in a folder of its own."""
        return Path(shutil.copytree(self.shadow, place))

    def _open(self, _vfs: int, name: int, file: int, flags: int, out: int) -> int:
        code: int = self._real_open(self._real, name, file, flags, out)
        path = Path(ctypes.string_at(name).decode()) if name else None
        if code == 0 and path is not None and self.folder in path.parents:
            methods = ctypes.c_void_p.from_address(file)
            if methods.value not in self._methods:
                own = ctypes.create_string_buffer(ctypes.string_at(methods.value, IO_METHODS_BYTES), IO_METHODS_BYTES)
                self._real_sync[ctypes.addressof(own)] = SYNC(ctypes.c_void_p.from_buffer(own, X_SYNC_AT).value)
                ctypes.c_void_p.from_buffer(own, X_SYNC_AT).value = ctypes.cast(self._synced, ctypes.c_void_p).value
                self._methods[methods.value] = own
            methods.value = ctypes.addressof(self._methods[methods.value])
            self._names[file] = path
        return code

    def _delete(self, _vfs: int, name: int, sync: int) -> int:
        path = Path(ctypes.string_at(name).decode())
        if self.folder in path.parents:
            (self.shadow / path.relative_to(self.folder)).unlink(missing_ok=True)
        code: int = self._real_delete(self._real, name, sync)
        return code

    def _sync(self, file: int, flags: int) -> int:
        path = self._names[file]
        kept = self.shadow / path.relative_to(self.folder)
        new, old = path.read_bytes(), kept.read_bytes() if kept.exists() else b""
        if len(self.torn) < TORN_MAX:
            self._tear(kept.name, old, new)
        code: int = self._real_sync[ctypes.c_void_p.from_address(file).value](file, flags)
        kept.write_bytes(new)
        self.syncs += 1
        return code

    def _tear(self, name: str, old: bytes, new: bytes) -> None:
        half = bytearray(old.ljust(len(new), b"\0") if self.random.random() < 0.5 else old)
        for at in range(0, len(new), SECTOR_BYTES):
            if at <= len(half) and self.random.random() < 0.5:
                half[at : at + SECTOR_BYTES] = new[at : at + SECTOR_BYTES]
        place = self.shadow.with_name(f"{self.shadow.name}-torn-{len(self.torn)}")
        shutil.copytree(self.shadow, place)
        (place / name).write_bytes(bytes(half))
        self.torn.append((place, self.acknowledged()))


@contextmanager
def synced_disk(folder: Path, shadow: Path) -> Iterator[SyncedDisk]:
    """SQLite files that are opened below `folder` within the block lie on such a disk."""
    disk = SyncedDisk(folder, shadow)
    disk.plug()
    try:
        yield disk
    finally:
        disk.unplug()
