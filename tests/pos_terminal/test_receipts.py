"""The receipt: in the shopper's language, its sums at the right edge, its number to be scanned."""

import pytest
from till_bench import PIECES, SHOP, SHOPPER, WEIGHED, Bench

from hardware.printers.document import as_text, from_json
from pos_terminal.receipts import COLUMNS, bare, money

RUSSIAN = next(shopper for shopper in SHOP.shoppers if shopper.language == "ru")


def paper(till: Bench, card: str = "") -> list[str]:
    if card:
        till.ok("attach", card=card)
    till.scan(PIECES[0])
    till.scan(PIECES[0])
    till.scan(WEIGHED[0], 345)
    till.ok("pay_begin")
    till.ok("tender", kind="cash", amount=till.view["payment"]["due"] + 111)
    (body,) = till.rows("SELECT receipt FROM sales")[0]
    return as_text(from_json(body))


def test_a_receipt_in_english(alone: Bench) -> None:
    lines = paper(alone)
    total = 2 * PIECES[0].price + (WEIGHED[0].price * 345 + 500) // 1000
    text = "\n".join(lines)
    assert f"2 x {PIECES[0].price / 100:.2f}" in text and "0.345 kg x" in text
    assert any(line.endswith(f"€{total / 100:.2f}") and "TOTAL" in line for line in lines)
    assert any(line.startswith("Change") and line.endswith("€1.11") and len(line) == COLUMNS for line in lines)
    assert "[barcode 01-01-000001]" in text and "14 Main Street" in text


def test_a_receipt_in_the_language_of_the_shopper(alone: Bench) -> None:
    text = "\n".join(paper(alone, RUSSIAN.card))
    assert PIECES[0].names["ru"] in text and "0,345 кг x" in text and "Главная улица" in text
    assert "ИТОГО" in text and "1,11 €" in text and "TOTAL" not in text
    assert RUSSIAN.name["ru"] in text


def test_the_tax_of_each_rate_adds_up_to_the_total(alone: Bench) -> None:
    paper(alone, SHOPPER.card)
    (body,) = alone.rows("SELECT body FROM sales")[0]
    import json

    sale = json.loads(body)
    assert sum(row["gross"] for row in sale["taxes"]) == sale["total"] == sum(line["total"] for line in sale["lines"])


def test_the_hub_gets_the_very_paper_that_was_printed(bench: Bench) -> None:
    lines = paper(bench)
    bench.wait(lambda view: not view["link"]["unsent"])
    import json

    assert as_text(from_json(json.dumps(bench.hub.taken[-1]["body"]["receipt"]))) == lines


def test_a_second_copy_says_so(alone: Bench) -> None:
    alone.sell(PIECES[0])
    alone.ok("reprint")
    alone.ok("reprint")
    found = [row[0] for row in alone.rows("SELECT payload FROM print_jobs WHERE id LIKE '%copy%' ORDER BY n")]
    assert [as_text(from_json(payload))[0].strip() for payload in found] == ["COPY", "COPY"]
    assert alone.refused("reprint", sale="no-such-sale") == "sale.unknown"


def test_opening_the_drawer_without_a_sale_is_noted(alone: Bench) -> None:
    alone.ok("no_sale")
    alone.wait(lambda view: view["devices"]["drawer"] == {"open": True})
    (body,) = alone.rows("SELECT body FROM outbox WHERE kind = 'audit.note'")[0]
    assert "drawer.no_sale" in body


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        (123456, "EUR", "en", "€1,234.56"),
        (123456, "EUR", "ru", "1 234,56 €"),
        (5, "EUR", "en", "€0.05"),
        (-250, "EUR", "ru", "-2,50 €"),
        (1500, "JPY", "en", "JP¥1,500"),
    ],
)
def test_amounts_as_each_language_writes_them(amount: int, currency: str, language: str, shown: str) -> None:
    written = " ".join(money(amount, currency, language).split()).replace("−", "-")
    assert written == shown


def test_amounts_in_a_column_have_no_sign() -> None:
    assert (bare(189, "EUR", "en"), bare(189, "EUR", "ru"), bare(1500, "JPY", "en")) == ("1.89", "1,89", "1,500")
