"""The way to the hub: the link (socket), what goes up (push) and what comes down (pull)."""
