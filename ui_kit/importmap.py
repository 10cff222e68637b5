"""Addresses of static files, and the one import map of every page.

A *shelf* is a folder of static files with a name. Its address carries a hash of the whole folder
(`/kit/static/till@3fa9c1/main.js`), so files may import one another by relative paths and still be cached for ever;
a change anywhere gives every file of the shelf a new address.
"""

import hashlib
import time
from pathlib import Path

from ui_kit.vendor import KIT, VENDOR

HASH_CHARS = 12
CHECK_EVERY_S = 0.5
BARE_NAMES = {
    "preact": "preact.js",
    "preact/hooks": "preact-hooks.js",
    "htm": "htm.js",
    "htm/preact": "htm-preact.js",
    "@preact/signals": "signals.js",
    "@preact/signals-core": "signals-core.js",
    "socket.io-client": "socket.io-client.js",
    "idb": "idb.js",
}


class Shelf:
    """A named folder of static files; `version` is the hash of its content, recomputed when a file changes."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._signature: tuple[tuple[str, int, int], ...] = ()
        self._version = ""
        self._checked_s = float("-inf")

    def files(self) -> list[Path]:
        """Every file of the shelf, sorted; hidden ones left out."""
        return sorted(p for p in self.folder.rglob("*") if p.is_file() and not p.name.startswith("."))

    @property
    def version(self) -> str:
        """The first `HASH_CHARS` characters of a SHA-256 over names and contents."""
        # A page asks for a dozen addresses; looking at every file for each of them would cost more than the page.
        if time.monotonic() - self._checked_s < CHECK_EVERY_S:
            return self._version
        self._checked_s = time.monotonic()
        files = self.files()
        signature = tuple((str(p), (s := p.stat()).st_mtime_ns, s.st_size) for p in files)
        if signature != self._signature:
            digest = hashlib.sha256()
            for path in files:
                digest.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes())
            self._version = digest.hexdigest()[:HASH_CHARS]
            self._signature = signature
        return self._version

    def url(self, path: str = "") -> str:
        """The cacheable address of `path` on this shelf."""
        return f"/kit/static/{self.name}@{self.version}/{path}"


def standard_shelves() -> dict[str, Shelf]:
    """The two shelves that every page has: `kit` (ours) and `vendor` (third-party)."""
    return {"kit": Shelf("kit", KIT / "static" / "kit"), "vendor": Shelf("vendor", VENDOR)}


def import_map(shelves: dict[str, Shelf]) -> dict[str, dict[str, str]]:
    """The import map as a JSON-ready value: bare library names, and one `NAME/` prefix for each shelf."""
    vendor = shelves["vendor"]
    base = vendor.url()
    imports = {name: base + file for name, file in BARE_NAMES.items()}
    imports |= {f"{shelf.name}/": shelf.url() for shelf in shelves.values()}
    return {"imports": imports}
