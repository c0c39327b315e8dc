"""Telling people of alerts outside this program; what leaves and why stands in docs/notices.md."""
