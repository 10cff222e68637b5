"""Points: what a purchase earns, a ledger of lots, holds, tiers and signed allowances (docs/loyalty.md)."""

from retail.loyalty.earning import earned, share

__all__ = ["earned", "share"]
