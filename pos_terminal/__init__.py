"""The till and the kiosk: one local process that owns its journal and its devices, and works with the hub away."""
