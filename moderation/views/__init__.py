"""The pages of items, and of those who wrote them."""
