"""Actions on PostgreSQL: one transaction each, with the product's audit row in it."""
