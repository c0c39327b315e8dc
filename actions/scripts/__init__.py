"""The product's own scripts as actions: backup, verify, dump, and restore to staging only."""
