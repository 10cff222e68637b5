"""The till from its start to a sale that the hub has."""

from till_bench import PIECES, SHOPPER, WEIGHED, Bench, scan_text


def test_a_scan_from_the_serial_driver_stands_on_the_till_and_reaches_the_hub(make_bench) -> None:
    bench: Bench = make_bench(scanner=True)
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out")
    bench.sign_in()
    bench.wait(lambda view: view["devices"]["scanners"] and view["devices"]["scanners"][0]["state"] == "online")
    text, aim = scan_text(PIECES[0])
    assert bench.scanner is not None
    bench.scanner.scan(text, aim.lstrip("]"))
    view = bench.wait(lambda view: view["lines"] and not view["link"]["unsent"])
    (line,) = view["lines"].values()
    assert (line["item"], line["quantity"], line["total"]) == (PIECES[0].id, 1000, PIECES[0].price)
    assert bench.hub.kinds == ["cart.add"]


def test_a_cash_sale_prints_opens_the_drawer_and_is_told_to_the_hub_once(bench: Bench) -> None:
    bench.scan(PIECES[0])
    bench.scan(WEIGHED[0], 345)
    bench.ok("attach", card=SHOPPER.card)
    total = bench.view["totals"]["in_hand"]
    bench.ok("pay_begin")
    sale = bench.ok("tender", kind="cash", amount=total + 200)["sale"]
    assert sale == {"number": "01-01-000001", "change": 200}
    view = bench.wait(
        lambda view: (
            view["last_sale"]["print"] == "confirmed"
            and view["last_sale"]["drawer"] == "confirmed"
            and not view["link"]["unsent"]
        )
    )
    assert view["phase"] == "done" and view["devices"]["drawer"] == {"open": True}
    assert bench.hub.kinds == ["cart.add", "cart.add", "cart.attach", "checkout.begin", "sale.commit"]
    assert "01-01-000001" in bench.paper and PIECES[0].names["en"] in bench.paper
    assert bench.rows("SELECT number, total FROM sales") == [("01-01-000001", total)]
    assert len(bench.rows("SELECT * FROM stock_moves")) == 2
    assert bench.rows("SELECT points FROM points_entries") == [(total // 100,)]
