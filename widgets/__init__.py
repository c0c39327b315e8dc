"""Draws the values it is given."""
