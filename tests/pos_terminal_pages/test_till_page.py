"""The cashier's page in a real browser."""

from collections.abc import Callable

import pytest
from conftest import Seen
from playwright.sync_api import expect
from till_double import PEOPLE, PIECES, SHOPPER, WEIGHED, now_ms, product

Look = Callable[..., Seen]
CASHIER = PEOPLE[0]
BREAD, MILK, SOAP = PIECES[3], PIECES[20], PIECES[200]


def test_a_sale_needs_no_mouse(look: Look) -> None:
    seen = look("till")
    keyboard = seen.page.keyboard
    keyboard.type(CASHIER.number, delay=80)
    keyboard.press("Enter")
    keyboard.type(CASHIER.pin, delay=80)
    keyboard.press("Enter")
    expect(seen.page.locator(".tile").first).to_be_visible()
    for one in (BREAD, MILK, BREAD):
        seen.wedge("]E0" + one.gtin[1:])
    expect(seen.page.locator(".in-hand .line")).to_have_count(2)
    keyboard.press("+")
    expect(seen.page.locator(".in-hand .line.selected .line-count")).to_have_text("2")
    keyboard.press("Enter")
    expect(seen.page.locator(".due").first).to_be_visible()
    keyboard.type("100", delay=80)
    keyboard.press("Enter")
    expect(seen.page.get_by_text("Change", exact=True)).to_be_visible()
    assert seen.commands()[-3:] == ["set", "pay_begin", "tender"]
    assert seen.double.hears("tender")["amount"] == 10_000
    keyboard.press("Enter")
    expect(seen.page.get_by_text("Scan the first thing")).to_be_visible()
    assert seen.troubles == []


def test_a_sale_needs_no_keyboard(look: Look) -> None:
    seen = look("till", touch=True, width=1024, height=768)
    seen.page.get_by_role("button", name=CASHIER.name).tap()
    for digit in CASHIER.pin:
        seen.button(digit).tap()
    seen.page.get_by_role("button", name="Sign in").tap()
    seen.page.get_by_role("tab", name="Bakery").tap()
    expect(seen.page.locator(".tile", has_text="/kg")).to_have_count(0)
    seen.page.locator(".tile").first.tap()
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)
    seen.button("One more").tap()
    expect(seen.page.locator(".in-hand .line-count")).to_have_text("2")
    seen.button("Pay").tap()
    seen.page.locator(".notes button").last.tap()
    seen.page.get_by_role("button", name="Next shopper").tap()
    expect(seen.page.get_by_text("Last sale")).to_be_visible()
    assert seen.troubles == []


def test_the_first_keys_of_a_scan_leave_nothing_typed(selling: Look) -> None:
    seen = selling()
    seen.page.keyboard.type("12", delay=200)
    expect(seen.page.get_by_label("Search or code")).to_have_value("12")
    # A person's last key and a scan are further apart than two keys of a scan.
    seen.page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
    seen.wedge(MILK.gtin[1:])
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)
    expect(seen.page.get_by_label("Search or code")).to_have_value("12")
    assert seen.commands().count("scan") == 1


def test_a_typed_code_and_a_typed_quantity(selling: Look) -> None:
    seen = selling()
    seen.page.keyboard.type(MILK.gtin[1:], delay=60)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)
    seen.page.keyboard.type("12", delay=60)
    seen.page.keyboard.press("*")
    expect(seen.page.locator(".in-hand .line-count")).to_have_text("12")
    seen.page.keyboard.press("Delete")
    expect(seen.page.locator(".in-hand .line")).to_have_count(0)


def test_words_are_searched_and_enter_adds_the_one_picked(selling: Look) -> None:
    seen = selling()
    seen.page.keyboard.press("F2")
    seen.page.keyboard.type("soap", delay=60)
    expect(seen.page.locator(".tile.picked")).to_contain_text("soap")
    seen.page.keyboard.press("ArrowDown")
    name = seen.page.locator(".tile.picked .tile-name").inner_text()
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".in-hand .line-title")).to_have_text(name)


def test_a_weighed_product_asks_for_its_grams(selling: Look) -> None:
    seen = selling()
    seen.double.put(ask={"kind": "weight", "product": product(WEIGHED)})
    expect(seen.page.get_by_text("How much does it weigh?")).to_be_visible()
    seen.page.keyboard.type("345", delay=80)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".in-hand .line-count")).to_have_text("0.345 kg")
    assert seen.double.hears("weigh")["quantity"] == 345


def boxes(seen: Seen) -> list[object]:
    marks = ".top, .shopper, .message, .find, .tiles, .pad, .totals, .total-word, .elsewhere, .in-hand .line"
    return seen.page.evaluate(
        # A line's height is left out: the rule under it is drawn when the next one comes, one pixel below all else.
        "(marks) => [...document.querySelectorAll(marks)].map((one) => { const b = one.getBoundingClientRect();"
        " const height = one.matches('.line') ? 0 : b.height;"
        " return [one.className.replace(' selected', ''), b.x, b.y, b.width, height]; })",
        marks,
    )


def test_nothing_moves_when_a_line_arrives(selling: Look) -> None:
    seen = selling()
    seen.double.do_attach(SHOPPER.card)
    seen.double.scan(BREAD)
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)
    seen.still()
    before = boxes(seen)
    seen.double.scan(MILK)
    seen.double.virtual(SOAP)
    expect(seen.page.locator(".line")).to_have_count(3)
    seen.still()
    after = boxes(seen)
    assert [box for box in before if box not in after] == [], after
    assert len(after) == len(before) + 1


def test_a_notice_is_seen_and_moves_nothing(selling: Look) -> None:
    seen = selling()
    seen.double.scan(BREAD)
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)
    seen.still()
    before = [box for box in boxes(seen) if "message" not in str(box)]
    seen.wedge("]E09520000000004")
    expect(seen.page.locator(".message")).to_contain_text("9520000000004")
    assert [box for box in before if box not in boxes(seen)] == []
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".message.calm")).to_be_visible()


def test_without_the_hub_the_till_says_what_still_works(selling: Look) -> None:
    seen = selling()
    link = seen.double.state["link"]
    seen.double.put(
        link=link | {"online": False, "unsent": 14, "unsent_sales": 3, "oldest_unsent_at": now_ms() - 300_000}
    )
    strip = seen.page.locator(".message")
    expect(strip).to_contain_text("Selling, cash and receipts go on")
    expect(strip).to_contain_text("3 sales wait to be sent")
    expect(strip).to_contain_text("minutes ago")
    expect(seen.page.locator(".top")).to_contain_text("14 unsent")


def test_a_scan_that_is_sent_at_once_makes_nothing_flicker(selling: Look) -> None:
    seen = selling()
    link, unsent = seen.double.state["link"], seen.page.locator(".unsent")
    expect(unsent).to_have_text("0 unsent")
    seen.page.evaluate("""() => {
        window.said = [];
        const look = new MutationObserver(() => said.push(document.querySelector(".unsent").textContent));
        look.observe(document.querySelector(".unsent"), { childList: true, characterData: true, subtree: true });
    }""")
    for count in (1, 0, 1, 0):
        seen.double.put(link=link | {"unsent": count})
    seen.double.put(link=link | {"unsent": 2})
    expect(unsent).to_have_text("2 unsent")
    assert seen.page.evaluate("said") == ["2 unsent"]
    seen.double.put(link=link | {"unsent": 0})
    expect(unsent).to_have_text("0 unsent")


def test_a_line_looks_unsure_only_once_it_has_waited(selling: Look) -> None:
    seen = selling()
    seen.double.scan(BREAD, pending=True)
    seen.double.scan(MILK)
    expect(seen.page.locator(".in-hand .line")).to_have_count(2)
    weights = seen.page.evaluate("""() => {
        const [unsure, sure] = [".line.pending", ".line:not(.pending)"].map(
            (mark) => document.querySelector(`.in-hand ${mark} .line-title`));
        const [waits] = unsure.getAnimations();
        waits.pause();
        const weight = (one) => getComputedStyle(one).fontWeight;
        return [...[0, 250, 350].map((ms) => { waits.currentTime = ms; return weight(unsure); }), weight(sure)];
    }""")
    assert weights == ["500", "500", "400", "500"]


def test_a_wrong_pin_is_told_and_a_manager_unlocks_a_name(look: Look) -> None:
    seen = look("till")
    seen.page.get_by_role("button", name=CASHIER.name).click()
    seen.page.keyboard.type("0000", delay=80)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".message")).to_contain_text("That PIN is not right. Tries left: 4.")
    seen.double.put(people=[row | {"locked": row["number"] == CASHIER.number} for row in seen.double.state["people"]])
    seen.page.keyboard.press("Escape")
    seen.page.get_by_role("button", name=CASHIER.name).click()
    manager = next(person for person in PEOPLE if person.role == "manager")
    seen.page.get_by_role("button", name=manager.name).click()
    seen.page.keyboard.type(manager.pin, delay=80)
    seen.page.keyboard.press("Enter")
    expect(seen.page.get_by_text("Locked after five wrong PINs")).to_have_count(0)
    assert seen.double.hears("unlock") | {"id": ""} == {
        "id": "", "command": "unlock", "manager_number": manager.number, "pin": manager.pin, "number": CASHIER.number,
    }  # fmt: skip


def test_goods_from_the_app_are_taken_in_hand(selling: Look) -> None:
    seen = selling()
    seen.double.virtual(SOAP)
    expect(seen.page.locator(".elsewhere .line")).to_have_count(1)
    seen.page.get_by_role("button", name="Take Rose soap 150 g in hand").click()
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)
    expect(seen.page.locator(".elsewhere")).to_have_count(0)


def test_a_held_receipt_can_be_printed_again(selling: Look) -> None:
    seen = selling()
    sale = {
        "id": "s", "number": "01-01-000007", "total": 500, "paid": 500, "change": 0, "currency": "EUR", "points": 0,
        "at": now_ms(), "lines": 1, "shopper": "", "print": "held", "drawer": "confirmed", "print_reason": "",
    }  # fmt: skip
    seen.double.put(last_sale=sale)
    expect(seen.page.locator(".message")).to_contain_text("Receipt is held")
    seen.button("Print again").click()
    expect(seen.page.locator(".message.calm")).to_be_visible()
    assert seen.commands()[-1] == "retry_print"


def test_a_missed_event_is_fetched(selling: Look) -> None:
    seen = selling()
    seen.double.v += 1
    seen.double.scan(BREAD)
    expect(seen.page.locator(".in-hand .line")).to_have_count(1)


@pytest.mark.parametrize("phase", ["locked", "needs_hub"])
def test_the_quiet_pages_stand(look: Look, phase: str) -> None:
    seen = look("till")
    seen.double.put(phase=phase, staff={"id": "s", "number": "1001", "name": "Anna Holm", "role": "cashier"})
    expect(
        seen.page.get_by_text({"locked": "Locked", "needs_hub": "Goods and prices are coming"}[phase]).first
    ).to_be_visible()
    assert seen.troubles == []


def test_the_stopwatch_runs_from_the_scan_to_the_screen(selling: Look) -> None:
    seen = selling()
    expect(seen.page.locator(".stopwatch")).to_be_visible()
    expect(seen.page.locator(".stopwatch[data-ms]")).to_have_count(0)
    seen.double.scan(BREAD)
    expect(seen.page.locator(".stopwatch[data-ms]")).to_be_visible()
