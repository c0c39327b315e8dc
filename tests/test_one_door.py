"""That nothing but actions asks anybody for a change."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

CHANGING = frozenset({"change", "deliver"})
"""Of `providers.http.Api`: the only ways in which it changes anything."""


def calls(package: str) -> Iterator[str]:
    """The files of a package that call something of one of these names."""
    # Where it is imported from: beside the tests, or installed.
    folder = Path(str(import_module(package).__file__)).parent
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        # Most of them name neither, and to take one apart takes milliseconds.
        for node in ast.walk(ast.parse(text)) if any(each in text for each in CHANGING) else ():
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in CHANGING:
                yield str(path.relative_to(folder.parent))


def test_no_vendor_is_asked_for_a_change_but_by_actions() -> None:
    # Widgets have words of their own for it; a contract of `pyproject.toml` keeps them from HTTP.
    assert [
        one for package in ("monitor", "providers", "themes", "tui") for one in calls(package)
    ] == []


def test_every_place_that_sends_a_change_is_known() -> None:
    # One more has to send what its plan shows, and to tell what a lost answer means.
    assert set(calls("actions")) == {
        "actions/custom/by_http.py",
        "actions/http_steps.py",
        "actions/notices/pagerduty_event.py",
        "actions/notices/slack.py",
        "actions/notices/webhook.py",
        "actions/people/recovery.py",
    }
