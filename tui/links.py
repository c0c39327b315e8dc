"""Copying and opening: what leaves the screen for the clipboard, a file or a browser."""

import asyncio
import os
import shutil
import sys
from typing import Final

from textual.app import App

from providers.secret_value import redact
from providers.text import Foreign
from tui.config.paths import write_private
from tui.screens.subjects import https
from tui.settings import ScreenSettings

MOST_COPIED: Final = 60_000
"""Characters; terminals refuse or cut longer copies (tmux at about 74,000 coded bytes)."""

_COPY_FILE: Final = "copied.txt"
_OPEN_S: Final = 3.0


class Links:
    """Takes texts and addresses out of the screen.

    Args:
        app: Its terminal's clipboard is used, and it tells what became of it.
        settings: Where files go, and whether the browser is here.
    """

    def __init__(self, app: App[int], settings: ScreenSettings) -> None:
        self._app = app
        self._settings = settings

    async def copy(self, text: str, what: str) -> None:
        """Copy through the terminal, and into a file for terminals that do not allow it."""
        text = Foreign(redact(text)).text[:MOST_COPIED]
        self._app.copy_to_clipboard(text)
        saved = await self._save(text)
        where = f"; saved to {saved} too" if saved else ""
        self._app.notify(f"copied {what}{where}")

    async def open(self, url: str, what: str) -> None:
        """Open an address; where no browser is at hand, copy it instead."""
        if not https(url):
            self._app.notify(f"{what} has no https address", severity="warning")
            return
        if redact(url) != url:
            # It would stand in the command line of the browser, for everybody on this machine.
            self._app.notify(f"not opened: a secret is in {url}", severity="warning")
            return
        if self._settings.over_ssh or not await _browse(url):
            await self.copy(url, url)
            return
        self._app.notify(f"opened {url}")

    async def take(self, choice: str | None) -> None:
        """Open or copy what was chosen among contacts and links."""
        _, _, value = (choice or "").partition("\n")
        if https(value):
            await self.open(value, "the link")
        elif value:
            await self.copy(value, value)

    async def _save(self, text: str) -> str:
        folder = self._settings.state_dir
        if folder is None:
            return ""
        place = folder / _COPY_FILE
        try:
            await asyncio.to_thread(write_private, place, f"{text}\n")
        except OSError as error:
            self._app.notify(f"not saved: {error.strerror}", severity="warning")
            return ""
        return str(place)


async def _browse(url: str) -> bool:
    """Hand an address to the desktop; False when there is none.

    Never `webbrowser`: without a desktop it starts a text browser, inside this very terminal.
    """
    opener = _opener()
    if opener is None:
        return False
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            opener, url, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        async with asyncio.timeout(_OPEN_S):
            return await process.wait() == 0
    except TimeoutError:
        return True  # some openers stay for as long as the browser does
    except OSError:
        return False


def _opener() -> str | None:
    if sys.platform == "darwin":
        return shutil.which("open")
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return shutil.which("xdg-open") if desktop else None
