"""The chain over a terminal's operations, and the signature under a batch (docs/protocol.md, "Chain and signature").

Each operation's hash contains the hash before it, from the origin of the incarnation on. Whoever knows one hash knows
that nothing before it was changed, left out or put into another order; who signed it is the terminal and no copy of a
terminal's words. Hashes, keys and signatures are lower-case hexadecimal.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from retail.codec import canonical, digest

SEED_BYTES = 32
"""Of an Ed25519 private key. It is drawn where chance may be asked; here it only comes in."""

KEYS_REMEMBERED_MAX = 10_000


def origin(dev: str, inc: int) -> str:
    """The hash before the first operation of an incarnation: no chain fits another terminal, or another life."""
    return digest(["omnitill.chain.1", dev, inc])


def link(prev: str, operation: object) -> str:
    """The hash at an operation that follows `prev`; `operation` is the JSON object as it is sent."""
    return linked(prev, digest(operation))


def linked(prev: str, of: str) -> str:
    """The hash at an operation whose own digest is known: SHA-256 over the two hashes as 128 characters of ASCII."""
    return hashlib.sha256(f"{prev}{of}".encode()).hexdigest()


def links(prev: str, digests: Iterable[str]) -> list[str]:
    """The hash at each of the operations that follow `prev`, in order."""
    found = []
    for of in digests:
        prev = linked(prev, of)
        found.append(prev)
    return found


def statement(dev: str, inc: int, seq: int, chain: str) -> bytes:
    """What is signed: that the operation `seq` of this terminal in this incarnation has this hash."""
    return canonical(["omnitill.batch.1", dev, inc, seq, chain])


class Signer:
    """A terminal's private key. `ValueError` where the seed is not SEED_BYTES long."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw().hex()

    def sign(self, dev: str, inc: int, seq: int, chain: str) -> str:
        """The signature under everything up to `seq`, 128 characters."""
        return self._key.sign(statement(dev, inc, seq, chain)).hex()


def verify(public: str, signature: str, dev: str, inc: int, seq: int, chain: str) -> bool:
    """Whether the owner of the public key has signed exactly this; False for what is no key or no signature at all."""
    try:
        _public(public).verify(bytes.fromhex(signature), statement(dev, inc, seq, chain))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(KEYS_REMEMBERED_MAX)
def _public(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
