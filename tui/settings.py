"""What the screen is told about itself before it starts; everything else comes in snapshots."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field


class ScreenSettings(Struct, frozen=True, kw_only=True):
    """How the wall looks and answers; built by the wiring from configuration and command line."""

    theme: str = "quarterdeck"
    ascii: bool = False
    """Glyphs, borders and charts of ASCII signs only."""

    ascii_wish: str = "auto"
    """What the configuration says of that: auto, always or never; `ascii` follows this terminal."""

    mouse: bool = True
    low_bandwidth: bool = False
    """Data frames every five seconds instead of one."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Command id to keys, as in the configuration; already checked by `tui.keymap`."""

    notices: Mapping[str, str] = field(default_factory=dict)
    """Workspace to what it wants of the terminal: bell, title and OSC in three words."""

    workspace: str = ""
    """Shown first; empty: the first one there is."""

    environment: str = ""
    """Shown alone; empty: all of them."""

    demo: bool = False
    operator: str = ""
    """Who sits here, such as `dana@bastion-1`."""

    mode: str = "READ-ONLY"
    """The word in the header that says what keys may do."""

    utc: bool = True
    over_ssh: bool = False
    """The browser is on another machine: links are shown and copied, never opened."""

    themes_dir: Path | None = None
    """The user's own themes; None: only ours."""

    state_dir: Path | None = None
    """Where copies and crash reports go, 0700; None: nowhere."""

    @property
    def frame_s(self) -> float:
        """Shortest time between two data frames, in seconds."""
        return 5.0 if self.low_bandwidth else 1.0
