"""Spending points while the hub is away: what was granted and deducted before, signed by the hub, at one terminal.

The points left the balance when it was granted, so all that is spent offline together is never more than there was.
"""

from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from retail.codec import canonical
from retail.errors import N_, LoyaltyRefused


@dataclass(frozen=True, slots=True)
class Allowance:
    """`amount` points of an account that this terminal may let be spent before `not_after` (ms). `nonce` names it."""

    nonce: str
    account: str
    terminal: str
    amount: int
    not_after: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def statement(allowance: Allowance) -> bytes:
    """What the hub signs."""
    return canonical(["omnitill.allowance.1", *asdict(allowance).values()])


def sign(seed: bytes, allowance: Allowance) -> str:
    """The hub's signature, 128 characters of hexadecimal; `seed` are the 32 bytes of its Ed25519 key."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(statement(allowance)).hex()


def public_of(seed: bytes) -> str:
    """The public key that belongs to a seed, 64 characters of hexadecimal."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def genuine(public: str, allowance: Allowance, signature: str) -> bool:
    """Whether the owner of the public key has signed exactly this; False for what is no key or no signature at all."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), statement(allowance))
    except (InvalidSignature, ValueError):
        return False
    return True


def check(public: str, allowance: Allowance, signature: str, terminal: str, spent: int, points: int, now: int) -> None:
    """Refuse `points` that this allowance does not cover at this terminal, of which `spent` are gone already."""
    if not genuine(public, allowance, signature):
        raise LoyaltyRefused(
            "loyalty.allowance_forged", N_("The hub did not sign this allowance. No points can be used with it.")
        )
    if allowance.terminal != terminal:
        raise LoyaltyRefused("loyalty.allowance_elsewhere", N_("These points were set aside at another terminal."))
    if now >= allowance.not_after:
        raise LoyaltyRefused(
            "loyalty.allowance_over", N_("The time for using points without the hub is over. Pay another way.")
        )
    if not 0 < points <= allowance.amount - spent:
        raise LoyaltyRefused(
            "loyalty.allowance_short",
            N_("Without the hub {left} points can be used. Choose fewer, or pay another way."),
            left=max(0, allowance.amount - spent),
        )
