"""Other people's phones: so many sockets, signed in and following carts of their own, until standard input ends.

`python _crowd.py hub URL N` or `python _crowd.py relay URL N`.
"""

import sys

import socketio

import sample_shop
from omnitill.visitors import Phone


def main() -> None:
    kind, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    others = sample_shop.build().shoppers[1:]
    opened: list[object] = []
    for number in range(count):
        if kind == "hub":
            shopper = others[number % len(others)]
            opened.append(Phone(url, shopper.email, shopper.password, name=f"phone {number}"))
        else:
            client = socketio.Client(reconnection=False)
            client.connect(url, transports=["websocket"])
            opened.append(client)
    print('{"ready": "crowd"}', flush=True)
    sys.stdin.read()
    print(len(opened), file=sys.stderr)


main()
