"""Verbs at the vendors around a product: payments, calendar, on-call, errors, chat."""
