"""Actions on the product's users."""
