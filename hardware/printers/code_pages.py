"""Which printer page has which sign, and what to print for a sign that no page has. Pure."""

from __future__ import annotations

import unicodedata

from hardware.printers.document import without_controls

# Number of each page in `ESC t n` on the Epson family, which most makes copy. The order in DEFAULT_PAGES is the
# order of preference: CP866 first, because a Russian line should not switch pages; the euro comes from CP858.
PAGE_NUMBERS = {"CP437": 0, "CP850": 2, "CP852": 18, "CP858": 19, "CP866": 17, "CP1251": 46, "CP1252": 16}
DEFAULT_PAGES = ("CP866", "CP858", "CP1252")

NOTHING_BETTER = "■"
# One sign for one sign wherever possible, so that amounts stay in their column.
SUBSTITUTES = {
    "₽": "р", "₴": "г", "₸": "т", "₹": "R", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
    "‚": ",", "–": "-", "—": "-", "−": "-", "‑": "-", "‐": "-", "…": ".", "•": "·", "№": "N", "×": "x", "✓": "+",
    "─": "-", "→": ">", "←": "<", "™": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u200b": "",
    "\u00ad": "", "ё": "е", "Ё": "Е", "ß": "s", "ł": "l", "Ł": "L", "đ": "d", "ø": "o", "Ø": "O", "æ": "a",
}  # fmt: skip


def page_of(sign: str, pages: tuple[str, ...]) -> str | None:
    """The first page that has the sign, or None."""
    for page in pages:
        try:
            sign.encode(page)
        except UnicodeEncodeError:
            continue
        return page
    return None


def printable(text: str, pages: tuple[str, ...]) -> tuple[str, bool]:
    """The text in signs that the pages have, and whether each sign kept its meaning (else draw the line)."""
    shown, faithful = [], True
    for ch in without_controls(text):
        if page_of(ch, pages):
            shown.append(ch)
            continue
        substitute = _substitute(ch, pages)
        faithful = faithful and substitute is not None
        shown.append(NOTHING_BETTER if substitute is None else substitute)
    return "".join(shown), faithful


def _substitute(ch: str, pages: tuple[str, ...]) -> str | None:
    if ch in SUBSTITUTES:
        candidate = SUBSTITUTES[ch]
    else:
        parts = unicodedata.normalize("NFKD", ch)
        candidate = "".join(part for part in parts if not unicodedata.combining(part))
    if (not candidate and ch not in SUBSTITUTES) or any(page_of(part, pages) is None for part in candidate):
        return "" if unicodedata.combining(ch) else None
    return candidate
