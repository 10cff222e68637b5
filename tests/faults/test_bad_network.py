"""A till behind a bad network goes on selling, and what it sold arrives once."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from till_bench import PIECES, Bench, reference

from omnitill.blackbox.proxy import DELAY_MAX_S, LOSSY_SHARE, Network
from pos_terminal.config import Config
from pos_terminal.sync import link

# A socket whose greeting was cut is left to the garbage collector by python-engineio.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ARRIVAL_LIMIT_S = 60
SALES = 3
SILENCE_S = 1.0


class FarBench(Bench):
    """A till whose hub is behind a proxy."""

    network: Network

    def config(self) -> Config:
        port = urlsplit(self.hub.url).port
        assert port is not None
        proxy = self.network.proxies.get("till-1") or self.network.proxy("till-1", lambda: port)
        return super().config().model_copy(update={"hub": proxy.url})


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarBench]:
    bench = FarBench(tmp_path / "far", printer=False)
    bench.network = Network(seed=1)
    bench.load_replica(reference())
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"])
    bench.sign_in()
    yield bench
    bench.close()
    bench.network.close()
    # While the warnings of this test are ignored.
    gc.collect()


def arrived(bench: Bench, sales: int) -> None:
    bench.wait(lambda view: not view["link"]["unsent"], ARRIVAL_LIMIT_S)
    ids = [operation["id"] for operation in bench.hub.taken]
    assert len(ids) == len(set(ids))
    assert bench.hub.kinds.count("sale.commit") == sales


@pytest.mark.parametrize(
    "weather",
    [
        pytest.param({"delay_s": DELAY_MAX_S}, id="2 s late"),
        pytest.param({"trickle": True}, id="a byte at a time", marks=pytest.mark.long),
        pytest.param({"split": True}, id="in pieces"),
        pytest.param({"lossy": LOSSY_SHARE}, id="three in ten cut"),
    ],
)
def test_sales_in_bad_weather_arrive_once(far: FarBench, weather: dict[str, object]) -> None:
    far.network.weather("till-1", **weather)
    far.network.reset("till-1")
    for n in range(SALES):
        far.sell(PIECES[n])
    arrived(far, SALES)


@pytest.mark.parametrize("held", [{"up", "down"}, {"up"}, {"down"}], ids=["both ways", "up", "down"])
def test_a_partition_holds_up_no_sale_and_ends_with_each_sale_once(far: FarBench, held: set[str]) -> None:
    far.network.weather("till-1", held=frozenset(held))
    for n in range(SALES):
        far.sell(PIECES[n])
    assert far.view["link"]["unsent_sales"] == SALES
    far.network.weather("till-1")
    arrived(far, SALES)


def test_a_cable_that_was_cut_in_silence_is_noticed_within_a_named_time(
    far: FarBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert link.SILENCE_LIMIT_S <= 15
    monkeypatch.setattr(link, "SILENCE_LIMIT_S", SILENCE_S)
    # The limit counts from the next word on.
    before = far.view["link"]["reference_version"]
    far.hub.new_reference()
    far.wait(lambda view: view["link"]["reference_version"] != before)
    far.network.half_open("till-1")
    far.wait(lambda view: not view["link"]["online"], ARRIVAL_LIMIT_S)
    far.wait(lambda view: view["link"]["online"], ARRIVAL_LIMIT_S)
    far.sell(PIECES[0])
    arrived(far, 1)


def test_a_till_whose_clock_is_wrong_by_a_day_and_jumps_back_loses_nothing(
    far: FarBench, monkeypatch: pytest.MonkeyPatch, jump: Callable[[int], None]
) -> None:
    for n, hours in enumerate((24, -24, 0)):
        jump(hours)
        far.sell(PIECES[n])
    arrived(far, 3)
    numbers = [row[0] for row in far.rows("SELECT number FROM sales ORDER BY counter")]
    assert numbers == sorted(set(numbers)) and len(numbers) == 3


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`jump(hours)` sets the clock of this machine, as the till sees it."""
    from pos_terminal import ids

    right = ids.now_ms

    def set_to(hours: int) -> None:
        monkeypatch.setattr(ids, "now_ms", lambda: right() + hours * 3_600_000)

    return set_to
