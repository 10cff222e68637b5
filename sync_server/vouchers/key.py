"""The hub's secret by which codes of coupons and gift cards are stored and drawn. It never lies in the database.

Whoever has the database alone learns no code; whoever has the key alone neither (docs/adr/0030).
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from retail import voucher_codes
from retail.errors import N_
from retail.stored_value import PIN_DIGITS
from sync_server.config import Settings, SetUpRefused

KEY_NAME = "codes.key"
KEY_BYTES = 32
SEED_BYTES = 16
FINGERPRINT_LENGTH = 16


@dataclass(frozen=True, slots=True)
class CodeKey:
    """Hashes codes and PINs, and draws the codes of a batch."""

    secret: bytes = field(repr=False)

    def hashed(self, code: str) -> str:
        """What is stored of a plain code: 64 hexadecimal digits."""
        return self._mac(b"code", code.encode()).hex()

    def hashed_pin(self, code_hash: str, pin: str) -> str:
        """The same PIN of another card is stored as something else."""
        return self._mac(b"pin", f"{code_hash}:{pin}".encode()).hex()

    def code(self, seed: str, number: int, length: int) -> str:
        """The code with this number in a batch. A page that is made or printed once more has the same codes."""
        drawn = int.from_bytes(self._mac(b"draw", f"{seed}:{number}".encode()))
        # 256 bits against 53 or 73: no code is more likely than another by any measure.
        return voucher_codes.made(drawn % voucher_codes.space(length), length)

    def pin(self, seed: str, number: int) -> str:
        """The PIN of the card with this number in a batch."""
        drawn = int.from_bytes(self._mac(b"draw pin", f"{seed}:{number}".encode()))
        return f"{drawn % 10**PIN_DIGITS:0{PIN_DIGITS}}"

    @property
    def fingerprint(self) -> str:
        """Tells keys apart and tells nothing else."""
        return self._mac(b"fingerprint", b"").hex()[:FINGERPRINT_LENGTH]

    def _mac(self, purpose: bytes, said: bytes) -> bytes:
        return hmac.digest(self.secret, purpose + b"\0" + said, hashlib.sha256)


def new_seed() -> str:
    """What makes the codes of one batch differ from all others."""
    return secrets.token_hex(SEED_BYTES)


def load(settings: Settings) -> CodeKey:
    """The key from the settings, or from the file beside the data, which is made where there is none yet."""
    given = settings.code_key.get_secret_value()
    if given:
        return _parsed(given, "OMNITILL_HUB_CODE_KEY")
    place = settings.data / KEY_NAME
    if not place.exists():
        _make(place)
    return _parsed(place.read_text(encoding="ascii", errors="replace"), str(place))


def _parsed(text: str, place: str) -> CodeKey:
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) < KEY_BYTES:
        raise SetUpRefused(
            "hub.code_key",
            N_(
                "The key for codes in {place} is not one: {length} hexadecimal digits are needed. Put back the one "
                "that was there, or no coupon and no gift card is known any more."
            ),
            place=place,
            length=2 * KEY_BYTES,
        )
    return CodeKey(secret)


def _make(place: Path) -> None:
    """Write a fresh key whole, for its owner alone; of two processes that come at once the first one's stays."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, place)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
