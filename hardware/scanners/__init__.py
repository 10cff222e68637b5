"""Barcode scanners: framing (pure) and the drivers."""
