"""The online shop and the shopper's installable app. It knows a `Shop` port (ports.py) and nobody behind it."""
