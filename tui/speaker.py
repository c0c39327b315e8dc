"""Lets the screen's terminal speak: the voice, the driver, and what tmux allows."""

import asyncio
import os
from typing import TYPE_CHECKING

from providers.clock import Moment
from providers.tmux import tmux_option
from tui.terminal_driver import QuarterdeckDriver
from tui.terminal_voice import Voice, Wish

if TYPE_CHECKING:
    from tui.app import QuarterdeckApp


class Speaker:
    """Of one screen.

    Args:
        app: Whose engine and driver it uses.
        began: When the screen was opened: what fired before is no news.
    """

    def __init__(self, app: "QuarterdeckApp", began: Moment) -> None:
        self._app = app
        wishes = {name: Wish.of(words) for name, words in app.settings.notices.items()}
        self._voice = Voice(wishes, os.environ, self._write, self._entitle, began)
        self._asking: asyncio.Task[None] | None = None
        if self._voice.asks_tmux:
            self._asking = asyncio.create_task(self._ask_tmux())

    def look(self) -> None:
        """Say what is new, unless the terminal is behind: then it is said later."""
        newest = self._app.engine.latest
        waits = self._asking is not None and not self._asking.done()
        if newest is not None and not waits and self._app.may_write():
            self._voice.look(newest)

    def come_back(self) -> None:
        """The terminal was given back in between, with its own title."""
        self._voice.forget_title()

    async def _ask_tmux(self) -> None:
        try:
            allowed = await tmux_option("allow-passthrough")
        except OSError:
            return
        self._voice.passthrough = allowed in {"on", "all"}

    def _write(self, text: str) -> None:
        driver = self._app._driver  # noqa: SLF001 - Textual has no other way to its driver
        if isinstance(driver, QuarterdeckDriver):
            driver.write(text)

    def _entitle(self, title: str) -> None:
        driver = self._app._driver  # noqa: SLF001 - as above
        if isinstance(driver, QuarterdeckDriver):
            driver.entitle(title)
