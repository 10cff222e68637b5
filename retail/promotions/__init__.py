"""Promotions: promotion = conditions + benefit (with its calculator) + lane (docs/promotions.md)."""
