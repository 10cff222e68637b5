"""The hub: it keeps every till, the online shop and every shopper's phone showing the same cart at the same moment."""
