"""The chain over a terminal's operations: the worked example of docs/protocol.md, and what cannot be done unnoticed."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail import chain
from retail.codec import canonical, digest

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SEED = bytes(range(32))
SIGNER = chain.Signer(SEED)

OPERATIONS = st.lists(
    st.fixed_dictionaries({"id": st.uuids().map(str), "at": st.integers(0, 10**14), "body": st.text(max_size=20)}),
    min_size=2,
    max_size=8,
    unique_by=lambda operation: operation["id"],
)


def test_the_worked_example_of_the_document_is_what_the_code_does() -> None:
    block = re.search(r"^```chain\n(.*?)^```$", DOCUMENT, re.M | re.S)
    assert block and SEED.hex() in DOCUMENT
    rows = [line.split(None, 1) for line in block[1].splitlines()]
    said: dict[str, list[str]] = {}
    for name, value in rows:
        said.setdefault(name, []).append(value)
    at = chain.origin("till-1", 1)
    assert [at] == said["origin"]
    for text, of, hash_ in zip(said["canonical"], said["digest"], said["hash"], strict=True):
        operation = json.loads(text)
        assert (canonical(operation).decode(), digest(operation)) == (text, of)
        at = chain.link(at, operation)
        assert at == hash_
    seq = len(said["hash"])
    assert [chain.statement("till-1", 1, seq, at).decode()] == said["statement"]
    assert [SIGNER.public] == said["public"]
    assert [SIGNER.sign("till-1", 1, seq, at)] == said["signature"]
    assert chain.verify(said["public"][0], said["signature"][0], "till-1", 1, seq, at)


def hash_of(operations: list[dict[str, object]], dev: str = "till-1", inc: int = 1) -> str:
    return chain.links(chain.origin(dev, inc), map(digest, operations))[-1]


@given(OPERATIONS, st.data())
def test_what_is_changed_left_out_or_put_in_another_order_has_another_hash(
    operations: list[dict[str, object]], data: st.DataObject
) -> None:
    n = data.draw(st.integers(0, len(operations) - 2))
    swapped = [*operations[:n], operations[n + 1], operations[n], *operations[n + 2 :]]
    without = operations[:n] + operations[n + 1 :]
    changed = [*operations[:n], {**operations[n], "at": -1}, *operations[n + 1 :]]
    hashes = {hash_of(one) for one in (operations, swapped, without, changed)}
    assert len(hashes) == 4


def test_a_chain_fits_no_other_terminal_and_no_other_life() -> None:
    assert len({chain.origin("till-1", 1), chain.origin("till-1", 2), chain.origin("till-2", 1)}) == 3


def test_linking_one_by_one_is_linking_all() -> None:
    one, two = {"id": "1"}, {"id": "2"}
    first = chain.link("0" * 64, one)
    assert chain.links("0" * 64, [digest(one), digest(two)]) == [first, chain.linked(first, digest(two))]


SIGNED = SIGNER.sign("till-1", 1, 7, "ab" * 32)


@pytest.mark.parametrize(
    ("public", "signature", "dev", "inc", "seq", "at"),
    [
        (chain.Signer(b"x" * 32).public, SIGNED, "till-1", 1, 7, "ab" * 32),
        (SIGNER.public, SIGNED, "till-2", 1, 7, "ab" * 32),
        (SIGNER.public, SIGNED, "till-1", 2, 7, "ab" * 32),
        (SIGNER.public, SIGNED, "till-1", 1, 8, "ab" * 32),
        (SIGNER.public, SIGNED, "till-1", 1, 7, "ac" * 32),
        (SIGNER.public, "00" * 64, "till-1", 1, 7, "ab" * 32),
        (SIGNER.public, "", "till-1", 1, 7, "ab" * 32),
        ("withdrawn", SIGNED, "till-1", 1, 7, "ab" * 32),
        ("", SIGNED, "till-1", 1, 7, "ab" * 32),
    ],
)
def test_a_signature_stands_for_exactly_what_was_signed(
    public: str, signature: str, dev: str, inc: int, seq: int, at: str
) -> None:
    assert chain.verify(SIGNER.public, SIGNED, "till-1", 1, 7, "ab" * 32)
    assert not chain.verify(public, signature, dev, inc, seq, at)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError):
        chain.Signer(b"too short")
