"""Vendor services on loopback, with memory: a write changes what the next read shows."""
