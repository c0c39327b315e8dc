"""A world on loopback to watch: a real database, services and vendors with memory."""
