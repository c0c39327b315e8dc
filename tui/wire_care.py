"""Where acknowledgements and snoozes are kept, and as whom this program writes them."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.care_book import CareBook
from monitor.care_journal import Author, CareJournal
from providers.clock import Clock
from providers.text import Foreign
from tui.config.paths import private_dir, state_dir

if TYPE_CHECKING:
    from tui.config.model import Config

_LONGEST = 40


def care_book(config: Config, clock: Clock, *, kept: bool) -> CareBook:
    """The journals of all workspaces.

    Args:
        config: With the shared folder.
        clock: The time.
        kept: Whether anything is written; otherwise it holds for this run, as in the demo.
    """
    return CareBook(journals(config, clock, care_folder(config) if kept else None), clock)


def journals(config: Config, clock: Clock, folder: Path | None) -> dict[str, CareJournal]:
    """A journal for each workspace in a folder; None keeps them in memory."""
    by = author(config)
    return {
        name: CareJournal(None if folder is None else journal_file(folder, name), name, by, clock)
        for name in config.workspaces
    }


def journal_file(folder: Path, workspace: str) -> Path:
    """The journal of a workspace."""
    return folder / f"care-{workspace}.jsonl"


def care_folder(config: Config) -> Path:
    """The shared folder, which an administrator makes; else a folder of one's own, made here.

    A folder that can not be had is told by whoever writes to it.
    """
    named = config.settings.shared_folder
    if named is not None:
        return Path(named).expanduser()
    own = state_dir()
    try:
        return private_dir(own)
    except OSError:
        return own


def author(config: Config) -> Author:
    """Who sits here, for the journal."""
    login = login_name()
    return Author(
        operator=Foreign(config.settings.operator or login).line(_LONGEST),
        login=login,
        host=Foreign(socket.gethostname().partition(".")[0]).line(_LONGEST),
    )


def login_name() -> str:
    """The name this program runs under."""
    try:
        return Foreign(getpass.getuser()).line(_LONGEST)
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
