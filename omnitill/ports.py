"""Ports for servers that stop and come back at the same address."""

import os
import random
import socket

LOWEST, HIGHEST = 15_000, 32_000
"""Below the range from which systems take the port of an outgoing connection (RFC 6335: 49152 up; Linux: 32768 up). A
port out of that range may be somebody's before its server is back."""


def free_ports(count: int) -> list[int]:
    """So many different ports of 127.0.0.1 that nobody holds now and no outgoing connection takes later."""
    # Processes that were forked together would otherwise try the same numbers in the same order.
    order = random.Random(os.urandom(16)).sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST)
    found: list[int] = []
    for port in order:
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    return found


def is_free(port: int) -> bool:
    """Whether a server could listen at this port of 127.0.0.1 now."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
