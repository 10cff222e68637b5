"""What a terminal keeps on its disk: its journal with the open cart, and a copy of the hub's reference data."""
