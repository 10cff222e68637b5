"""From bytes to codes: worked tables, and laws for any split of the bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.framing import AIM_IDENTIFIER, FAULT_SENTENCES, LINE_LIMIT_BYTES, Frame, Framer, FramingFault

TABLE = [
    (b"]E09521234567893\r\n", [Frame("9521234567893", "E0")]),
    (b"]C10109521234543213\r", [Frame("0109521234543213", "C1")]),
    (b"]d20109521234543213\x1d10A1\n", [Frame("0109521234543213\x1d10A1", "d2")]),
    ("]Q3Чай\r\n".encode(), [Frame("Чай", "Q3")]),
    (b"9521234567893\r\n", [Frame("9521234567893", None)]),
    (b"\x02]E0123\x03", [Frame("123", "E0")]),
    (b"\r\n\r\n123\r\r\n\n456\n", [Frame("123", None), Frame("456", None)]),
    (b"12\x02]E0345\x03", [FramingFault("scan.incomplete", b"12"), Frame("345", "E0")]),
    (b"]E0\r\n", [FramingFault("scan.garbage", b"]E0")]),
    (b"\xff\xfe\r\n1\r\n", [FramingFault("scan.garbage", b"\xff\xfe"), Frame("1", None)]),
    (b"12\x0034\r\n", [FramingFault("scan.garbage", b"12\x0034")]),
    (b"   \r\n", [FramingFault("scan.garbage", b"   ")]),
]


@pytest.mark.parametrize(("data", "found"), TABLE)
def test_a_line_is_read_as_the_table_says(data: bytes, found: list[Frame | FramingFault]) -> None:
    assert Framer().feed(data) == found


def test_a_half_line_waits_for_its_end() -> None:
    framer = Framer()
    assert framer.feed(b"]E0952123") == []
    assert framer.half_line == b"]E0952123"
    assert framer.feed(b"4567893\r\n") == [Frame("9521234567893", "E0")]


def test_a_half_line_that_is_given_up_is_told_once() -> None:
    framer = Framer()
    framer.feed(b"]E0952")
    assert framer.abandon() == [FramingFault("scan.incomplete", b"]E0952")]
    assert framer.abandon() == []
    assert framer.feed(b"1\r\n") == [Frame("1", None)]


def test_a_code_of_the_longest_length_passes_and_one_more_is_one_fault() -> None:
    framer = Framer()
    assert framer.feed(b"1" * LINE_LIMIT_BYTES + b"\r") == [Frame("1" * LINE_LIMIT_BYTES, None)]
    (fault,) = framer.feed(b"1" * (LINE_LIMIT_BYTES * 3) + b"\r\n")
    assert isinstance(fault, FramingFault) and fault.code == "scan.too_long"
    assert framer.feed(b"2\r\n") == [Frame("2", None)]


def test_a_prefix_is_taken_off_and_a_tab_ends_where_the_address_says_so() -> None:
    assert Framer(prefix=b"~").feed(b"~]E01\r2\r") == [Frame("1", "E0"), Frame("2", None)]
    assert Framer(suffix="tab").feed(b"1\t2\t") == [Frame("1", None), Frame("2", None)]
    assert Framer(suffix="etx").feed(b"1\x032\x03") == [Frame("1", None), Frame("2", None)]


def test_identifiers_stay_in_the_text_where_the_address_says_so() -> None:
    assert Framer(aim=False).feed(b"]E01\r") == [Frame("]E01", None)]


def test_every_fault_has_a_sentence() -> None:
    assert {FramingFault(code, b"").sentence for code in FAULT_SENTENCES} == set(FAULT_SENTENCES.values())


pieces = st.sampled_from(
    [b"]E0", b"952", b"\r", b"\n", b"\r\n", b"\x02", b"\x03", b"\xff", b"\x1d", "ё".encode(), b"\x00"]
)
streams = st.lists(pieces | st.binary(max_size=5), max_size=40).map(b"".join)


@given(stream=streams, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_any_split_of_the_bytes_gives_the_same_scans(stream: bytes, cuts: list[int]) -> None:
    whole = Framer().feed(stream)
    framer, parts = Framer(), []
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for start, end in pairwise(places):
        parts += framer.feed(stream[start:end])
    assert parts == whole


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30), max_size=10)
)
def test_every_code_arrives_once_and_in_order(codes: list[str]) -> None:
    sent = "".join(f"]C0{code}\r\n" for code in codes).encode()
    assert Framer().feed(sent) == [Frame(code, "C0") for code in codes]


@given(streams)
def test_no_bytes_at_all_raise_anything(stream: bytes) -> None:
    for item in [*Framer().feed(stream), *Framer(prefix=b"]", suffix="etx").feed(stream)]:
        assert isinstance(item, FramingFault) or item.text
        assert isinstance(item, FramingFault) or item.aim is None or AIM_IDENTIFIER.match(f"]{item.aim}")
