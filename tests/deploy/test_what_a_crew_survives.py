"""Two workers under load while something dies or is replaced: no answer is lost, nothing is done twice."""

import os
import signal
import threading
from pathlib import Path

import pytest
from adding_terminals import adding, until
from crowd import Crowd
from hub_process import START_TIMEOUT_S, HubProcess

from omnitill.servers import PostgresServer, RedisServer

pytestmark = pytest.mark.timeout(300)
RENEWED_S = 150
CLIENTS = 1000
TERMINALS = ("till-1", "till-2", "till-3")


def workers_of(hub: HubProcess) -> set[int]:
    children = Path(f"/proc/{hub.process.pid}/task/{hub.process.pid}/children").read_text().split()
    return {int(pid) for pid in children}


@pytest.mark.long
def test_a_rolling_deploy_under_load_loses_no_answer_and_doubles_none(crew: HubProcess) -> None:
    old = set(crew.ready["workers"])
    with adding(crew, *TERMINALS) as adders:
        crew.process.send_signal(signal.SIGHUP)
        # Two programs are started one after the other, which takes its time on a busy machine.
        until(lambda: "the workers were renewed" in crew.log(), "the workers were not renewed", RENEWED_S)
        for adder in adders:
            adder.wait_for(5)
        until(lambda: workers_of(crew) and not workers_of(crew) & old, "an old worker is still there")
        assert all("moved" in adder.kicked for adder in adders), "each worker tells its clients that it ends"
    assert '"answered": true' in crew.log()
    assert "Traceback" not in crew.log()


def test_a_worker_that_is_killed_is_started_again_and_its_clients_go_on_at_the_other(crew: HubProcess) -> None:
    with adding(crew, *TERMINALS) as adders:
        for pid in crew.ready["workers"]:
            os.kill(pid, signal.SIGKILL)
            for adder in adders:
                adder.wait_for(5)
            until(lambda pid=pid: pid not in workers_of(crew) and len(workers_of(crew)) == 2, "no new worker")
    assert crew.log().count("a worker died and is started again") == 2


@pytest.mark.long
def test_a_database_that_is_restarted_is_waited_for_and_nothing_is_doubled(
    crew: HubProcess, postgres: PostgresServer
) -> None:
    with adding(crew, *TERMINALS) as adders:
        for mode in ("fast", "immediate"):
            postgres.restart(mode)
            for adder in adders:
                adder.wait_for(5)
    assert crew.process.poll() is None


@pytest.mark.long
def test_a_hub_that_starts_before_its_database_waits_for_it(crew: HubProcess, postgres: PostgresServer) -> None:
    port = crew.port
    crew.kill()
    postgres.halt()
    starting = threading.Thread(target=crew.start, args=(port,))
    try:
        starting.start()
        until(lambda: "waiting for the database" in crew.log(), "the hub does not wait")
    finally:
        postgres.start()
    starting.join(START_TIMEOUT_S)
    assert crew.process.poll() is None and crew.ready["workers"]
    assert crew.log().count("waiting for the database") == 1


@pytest.mark.long
def test_a_redis_that_is_killed_and_comes_back_empty_is_not_even_noticed_by_those_who_add(
    crew: HubProcess, redis_server: RedisServer
) -> None:
    with adding(crew, *TERMINALS) as adders:
        redis_server.stop()
        for adder in adders:
            adder.wait_for(5)
        until(lambda: crew.log().count("bus.away") == 2, "each worker says once that the bus is away")
        redis_server.start()
        until(lambda: crew.log().count("the bus is back") == 2, "each worker says once that it is back")
        for adder in adders:
            adder.wait_for(5)
        assert [adder.breaks for adder in adders] == [0, 0, 0]


@pytest.mark.long
def test_a_thousand_clients_that_come_back_at_once_are_let_in_and_a_till_goes_on_meanwhile(crew: HubProcess) -> None:
    hail = {"proto": [1, 1], "app": "kiosk", "dev": "kiosk-1", "token": "token-kiosk-1"}
    crowd = Crowd(crew.port, CLIENTS, hail)
    try:
        crowd.wait(lambda crowd: crowd.inside == CLIENTS)
        with adding(crew, "till-1", "till-2") as adders:
            # All workers at one moment: nobody was told to spread, so all of them come at once.
            for pid in crew.ready["workers"]:
                os.kill(pid, signal.SIGKILL)
            crowd.wait(lambda crowd: crowd.entered >= 2 * CLIENTS and crowd.inside == CLIENTS)
            for adder in adders:
                adder.wait_for(5)
        assert "Traceback" not in crew.log()
    finally:
        crowd.close()
