"""The promotions of the shop, and when carts meet them."""
