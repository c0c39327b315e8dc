"""Polls, judges, remembers; knows no terminal."""
