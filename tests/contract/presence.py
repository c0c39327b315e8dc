"""Says in one line whether the vendors' specifications are there to hold our clients to."""

import os
from pathlib import Path
from typing import Final

import pytest

FOLDER_VARIABLE: Final = "QUARTERDECK_SPECS"
VENDORS: Final = (
    "vercel",
    "render",
    "github",
    "statuspage",
    "sentry",
    "pagerduty",
    "pagerduty-events",
    "slack",
    "stripe",
    "resend",
    "google-calendar",
)
APART: Final = ("supabase", "supabase-auth", "crux", "pagespeed")
"""Held to their files in modules of their own: not every operation is in the demo."""


def folder() -> Path:
    """Where the specification files are looked for."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else Path(__file__).parents[3] / "shared" / "specs"


def missing(where: Path) -> tuple[str, ...]:
    """Names of the files that are not there."""
    return tuple(
        f"{vendor}.json"
        for vendor in (*VENDORS, *APART)
        if not (where / f"{vendor}.json").is_file()
    )


def presence(where: Path) -> str:
    """One line that says whether the contract suite can run, and if not, what it needs."""
    absent = missing(where)
    if not absent:
        return f"contract suite: clients are held to the specifications in {where}"
    return (
        f"contract suite: NOT RUN, no {', '.join(absent)} in {where}; "
        f"set {FOLDER_VARIABLE} to the folder that holds the vendors' specifications"
    )


def _asked_for(config: pytest.Config) -> bool:
    """Whether this run would be taken for one that checked the contracts."""
    places = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    return any("contract" in place.parts or (place / "contract").is_dir() for place in places)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if _asked_for(config):
        absent = bool(missing(folder()))
        terminalreporter.write_line(presence(folder()), bold=True, yellow=absent)
