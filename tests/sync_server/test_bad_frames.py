"""What is no message at all: the hub shrugs, says so where it can, serves the others, and logs no traceback."""

from collections.abc import Callable

import pytest
import websocket
from hub_process import HubProcess, Listener, open_frames

from retail.messages import MESSAGE_BYTES_MAX

pytestmark = pytest.mark.usefixtures("quiet")
TOO_BIG = 1009
HAIL = {"proto": 1, "app": "till", "dev": "till-3", "inc": 1, "token": "token-till-3"}


def until_closed(frames: websocket.WebSocket) -> int:
    """Read until the hub hangs up; its close code, 0 where it gave none."""
    while True:
        try:
            opcode, data = frames.recv_data()
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return 0
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big") if len(data) >= 2 else 0


NOT_MESSAGES = [
    "42not json",
    "42{}",
    "42[]",
    "42[1]",
    "4",
    "",
    "9",
    "x",
    '451-["ops"]',
    "44",
    "49",
    "40",
    "42" + "[" * 5000,
    '42["ops","\\ud800"]',
]


@pytest.mark.parametrize("frame", NOT_MESSAGES, ids=lambda frame: frame[:12])
@pytest.mark.parametrize("enter", [True, False], ids=["till", "nobody"])
def test_a_frame_that_is_no_message_harms_nobody(
    hub: HubProcess, connect: Callable[..., Listener], frame: str, enter: bool
) -> None:
    frames = open_frames(hub, HAIL if enter else None)
    frames.send(frame)
    frames.shutdown()
    assert "now" in connect(hub).call("tick", 0)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b'42["tick"]'])
def test_a_binary_frame_harms_nobody(hub: HubProcess, connect: Callable[..., Listener], data: bytes) -> None:
    frames = open_frames(hub, HAIL)
    frames.send_binary(data)
    frames.shutdown()
    assert "now" in connect(hub).call("tick", 0)


def test_a_message_over_the_limit_is_told_so_and_nothing_of_it_is_done(
    hub: HubProcess, connect: Callable[..., Listener]
) -> None:
    till = connect(hub, dev="till-2")
    seq = till.next_seq()
    frames = open_frames(hub, HAIL)
    frames.send('42["ops","' + "x" * (MESSAGE_BYTES_MAX + 1) + '"]')
    assert until_closed(frames) == TOO_BIG
    frames.shutdown()
    assert till.next_seq() == seq
