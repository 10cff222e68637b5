"""What purchases earn in the invented shop, and the levels that its shoppers reach."""

from retail.loyalty.programme import Programme, Tier, TierRule

SILVER, GOLD = 100_00, 500_00
"""What has to be spent within a year."""


def programme() -> Programme:
    """One point for each euro; the points of a month end together, a year later."""
    levels = (
        Tier("silver", {"en": "Silver", "ru": "Серебряный"}, SILVER),
        Tier("gold", {"en": "Gold", "ru": "Золотой"}, GOLD),
    )
    return Programme("club", zone="Europe/Tallinn", tiers=TierRule(levels))
