"""Checks a receipt to the cent from its own derivation; shares no code with what priced it (docs/proof.md)."""
