"""Products, prices, promotions, cards and balances as files, out of the hub and into it."""
