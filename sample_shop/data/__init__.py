"""The hand-written lists that the invented shop is combined from; `sample_shop.tables` says how a row is read."""
