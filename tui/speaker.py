"""Lets the screen's terminal speak: the voice, the driver, and what tmux allows."""

import asyncio
import os
from typing import TYPE_CHECKING

from tui.terminal_driver import QuarterdeckDriver

if TYPE_CHECKING:
    from tui.app import QuarterdeckApp
    from tui.terminal_voice import Voice


class Speaker:
    """Of one screen; silent until there is a picture, and nothing is loaded for it before.

    Args:
        app: Whose engine, clock and driver it uses.
    """

    def __init__(self, app: "QuarterdeckApp") -> None:
        self._app = app
        self._began = app.clock.now()
        self._voice: Voice | None = None
        self._asking: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Say what is new, unless the terminal is behind: then it is said later."""
        newest = self._app.engine.latest
        if self._app.view is None or newest is None or not self._app.may_write():
            return
        voice = self._voice = self._voice or self._made()
        if self._asking is None or self._asking.done():
            voice.look(newest)

    def come_back(self) -> None:
        """The terminal was given back in between, with its own title."""
        if self._voice is not None:
            self._voice.forget_title()

    def _made(self) -> "Voice":
        from tui.terminal_voice import Voice, Wish

        wishes = {name: Wish.of(words) for name, words in self._app.settings.notices.items()}
        voice = Voice(wishes, os.environ, self._write, self._entitle, self._began)
        if voice.asks_tmux:
            self._asking = asyncio.create_task(self._ask_tmux(voice))
        return voice

    async def _ask_tmux(self, voice: "Voice") -> None:
        from providers.tmux import tmux_option

        try:
            allowed = await tmux_option("allow-passthrough")
        except OSError:
            return
        voice.passthrough = allowed in {"on", "all"}

    def _write(self, text: str) -> None:
        driver = self._app._driver  # noqa: SLF001 - Textual has no other way to its driver
        if isinstance(driver, QuarterdeckDriver):
            driver.write(text)

    def _entitle(self, title: str) -> None:
        driver = self._app._driver  # noqa: SLF001 - as above
        if isinstance(driver, QuarterdeckDriver):
            driver.entitle(title)
