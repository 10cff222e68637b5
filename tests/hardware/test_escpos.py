"""Documents to ESC/POS and back to paper, through the emulator's interpreter."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.emulators.escpos_interpreter import EscposInterpreter, PaperLine, Sensors
from hardware.printers import raster
from hardware.printers.document import Barcode, Cut, Document, DocumentError, Qr, Row, Rule, Text, as_text
from hardware.printers.escpos import (
    BARRIER,
    QUERY_OFFLINE,
    QUERY_PAPER,
    QUERY_PRINTER,
    Trouble,
    encode_document,
    encode_drawer,
    is_barrier_answer,
    is_realtime_answer,
    read_status,
)


def paper_of(*jobs: bytes, sensors: Sensors | None = None) -> list[PaperLine]:
    lines: list[PaperLine] = []
    interpreter = EscposInterpreter(sensors or Sensors(), lines.append)
    for job in jobs:
        interpreter.feed(job)
    return lines


def receipt(lang: str) -> Document:
    name, total = ("Чай чёрный «Ёлка»", "ИТОГО") if lang == "ru" else ("Crème brûlée à la carte", "TOTAL")
    blocks = (Text(name, bold=True), Row("Tea", "3,20 €"), Rule(), Row(total, "3,20 €", bold=True, size=2), Cut())
    return Document(blocks, lang=lang)


@pytest.mark.parametrize("order", [("ru", "en"), ("en", "ru"), ("ru", "ru"), ("en", "en")])
def test_the_euro_and_the_letters_are_right_on_the_first_and_on_the_second_receipt(order: tuple[str, str]) -> None:
    documents = [receipt(lang) for lang in order]
    lines = paper_of(*(encode_document(document) for document in documents))
    printed = [line.text for line in lines if line.kind == "text" and line.text]
    assert printed == [line for document in documents for line in as_text(document)]


def test_styles_codes_and_the_cut_reach_the_paper() -> None:
    document = Document(
        (Text("Big", bold=True, size=2), Text("small"), Qr("https://example.test/ё"), Barcode("A{1}"), Cut())
    )
    big, small, qr, barcode, _, cut = paper_of(encode_document(document))
    assert [(s.text, s.bold, s.wide, s.high) for s in big.spans] == [("Big", True, 2, 2)]
    assert [(s.text, s.bold, s.wide, s.high) for s in small.spans] == [("small", False, 1, 1)]
    assert (qr.kind, qr.data, qr.align) == ("qr", "https://example.test/ё", "center")
    assert (barcode.kind, barcode.data) == ("barcode", "A{1}")
    assert cut.kind == "cut"


def test_control_bytes_in_a_name_never_reach_the_printer() -> None:
    evil = "Tea\x1bp\x00\x19\xfa\x10\x14\x01\x00\x05\x1d\x56\x00"
    sensors = Sensors()
    (line,) = paper_of(encode_document(Document((Text(evil),))), sensors=sensors)
    assert not sensors.drawer_open
    assert line.text.startswith("Tea")


def test_signs_in_no_page_are_written_with_their_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "FONT_PATHS", ())
    lines = paper_of(encode_document(Document((Row("№ 5 ‑ Ōtsuka ₽ 漢", "1.00 €"),))))
    assert lines[0].text.startswith("№ 5 - Otsuka р ■")
    assert lines[0].text.endswith("1.00 €")
    assert "?" not in lines[0].text


def test_a_line_with_signs_of_no_page_is_drawn_where_a_font_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "_font_for", lambda text, size: raster_font())
    (line,) = paper_of(encode_document(Document((Text("漢"),))))
    assert line.kind == "raster"
    assert line.width >= 42 * 12
    assert any(line.rows)


def raster_font() -> object:
    from PIL import ImageFont

    return ImageFont.load_default(22)


def test_a_picture_taller_than_a_strip_is_parted() -> None:
    rows = bytes([0xAA]) * 600
    lines = paper_of(raster.strips(rows, 1))
    assert [len(line.rows) for line in lines] == [255, 255, 90]
    assert b"".join(line.rows for line in lines) == rows


@pytest.mark.parametrize(("lang", "word"), [("ru", "КОПИЯ"), ("en", "COPY"), ("en-GB", "COPY"), ("fi", "COPY")])
def test_a_copy_says_so_at_its_top(lang: str, word: str) -> None:
    lines = paper_of(encode_document(Document((Text("Tea"),), lang=lang), copy=True))
    assert word in lines[0].text


def test_a_job_ends_with_its_barrier_and_the_barrier_is_answered() -> None:
    job = encode_document(receipt("ru"))
    assert job.endswith(BARRIER)
    assert is_barrier_answer(EscposInterpreter().feed(job)[0])
    assert EscposInterpreter(Sensors(drawer_open=True)).feed(encode_drawer("{}")) == b"\x00"


def test_a_drawer_is_opened_by_its_pulse_and_not_where_it_is_stuck() -> None:
    pins: list[int] = []
    free, stuck = Sensors(), Sensors(drawer_stuck=True)
    EscposInterpreter(free, on_pulse=pins.append).feed(encode_drawer('{"pin": 5}'))
    EscposInterpreter(stuck, on_pulse=pins.append).feed(encode_drawer('{"pin": 2}'))
    assert (free.drawer_open, stuck.drawer_open, pins) == (True, False, [5, 2])


@pytest.mark.parametrize("bad", ['{"pin": 3}', "[]", "x", '"2"'])
def test_a_drawer_order_that_makes_no_sense_is_refused(bad: str) -> None:
    with pytest.raises(DocumentError):
        encode_drawer(bad)


def test_a_barcode_that_code_128_cannot_hold_is_refused() -> None:
    with pytest.raises(DocumentError):
        encode_document(Document((Barcode("чай"),)))


STATUS_TABLE = [
    (Sensors(), None, False, False),
    (Sensors(drawer_open=True), None, False, True),
    (Sensors(near_end=True), None, True, False),
    (Sensors(paper_out=True), Trouble.PAPER_OUT, False, False),
    (Sensors(cover_open=True), Trouble.COVER_OPEN, False, False),
]


@pytest.mark.parametrize(("sensors", "trouble", "near_end", "pin"), STATUS_TABLE)
def test_the_answers_to_dle_eot_mean_what_the_sensors_say(
    sensors: Sensors, trouble: Trouble | None, near_end: bool, pin: bool
) -> None:
    answers = EscposInterpreter(sensors).feed(QUERY_PRINTER + QUERY_OFFLINE + QUERY_PAPER)
    assert len(answers) == 3
    assert all(is_realtime_answer(byte) and not is_barrier_answer(byte) for byte in answers)
    status = read_status(*answers)
    assert (status.trouble, status.near_end, status.drawer_pin_high) == (trouble, near_end, pin)


def test_a_printer_without_paper_keeps_its_bytes_and_finishes_when_it_is_helped() -> None:
    lines: list[PaperLine] = []
    sensors = Sensors(lines_left=1)
    interpreter = EscposInterpreter(sensors, lines.append)
    assert interpreter.feed(encode_document(receipt("en"))) == b""
    assert len(lines) == 1 and sensors.paper_out
    assert len(interpreter.feed(QUERY_OFFLINE)) == 1
    sensors.paper_out, sensors.lines_left = False, None
    assert is_barrier_answer(interpreter.feed(b"")[0])
    assert len([line for line in lines if line.kind == "text" and line.text]) == 4


def test_the_stream_of_a_foreign_encoder_is_drawn_right() -> None:
    # Importing python-escpos sets up the root logger; nothing of that may stay behind.
    handlers, level = list(logging.root.handlers), logging.root.level
    from escpos.printer import Dummy

    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    foreign = Dummy()
    foreign.set(align="center", bold=True, double_height=True, double_width=True)
    foreign.text("Corner shop\n")
    foreign.set(align="left", bold=False, normal_textsize=True)
    foreign.text("Tea 3.20\n")
    foreign.qr("https://example.test", native=True)
    foreign.cut()
    lines = paper_of(foreign.output)
    assert [(line.text, line.align) for line in lines[:2]] == [("Corner shop", "center"), ("Tea 3.20", "left")]
    assert (lines[0].spans[0].bold, lines[0].spans[0].wide) == (True, 2)
    assert [line.data for line in lines if line.kind == "qr"] == ["https://example.test"]
    assert lines[-1].kind == "cut"


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@settings(deadline=None)
@given(
    st.lists(st.builds(Text, texts) | st.builds(Row, texts, st.just("1,00 €")) | st.builds(Qr, texts), max_size=6),
    st.data(),
)
def test_any_split_of_a_job_gives_the_same_paper(blocks: list[Text | Row | Qr], data: st.DataObject) -> None:
    job = encode_document(Document(tuple(blocks)))
    cuts = data.draw(st.lists(st.integers(0, len(job)), max_size=6))
    parts = [job[a:b] for a, b in pairwise(sorted({0, len(job), *cuts}))]
    sensors = Sensors()
    assert paper_of(*parts, sensors=sensors) == paper_of(job)
    assert not sensors.drawer_open


@given(st.binary(max_size=400))
def test_no_bytes_at_all_break_the_emulated_printer(data: bytes) -> None:
    interpreter = EscposInterpreter()
    interpreter.feed(data)
    interpreter.feed(b"\n" * 8)
    assert interpreter.pending_bytes <= len(data) + 8
