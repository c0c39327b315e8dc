"""Composes everything: command line, configuration, wiring, screens."""
