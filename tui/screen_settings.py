"""How the wall starts: the configuration, corrected by the command line and the surroundings."""

import getpass
import locale
import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from providers.text import Foreign
from tui.config.paths import config_dir, state_dir
from tui.options import Options
from tui.settings import ScreenSettings

if TYPE_CHECKING:
    from tui.config.model import Config, Workspace


def configured(config: "Config") -> ScreenSettings:
    """What the configuration alone says."""
    settings = config.settings
    return ScreenSettings(
        theme=settings.theme,
        ascii_wish=settings.ascii,
        mouse=settings.mouse,
        low_bandwidth=settings.low_bandwidth,
        keys=dict(config.keys),
        notices={name: _wishes(each) for name, each in config.workspaces.items()},
        workspace=settings.default_workspace or next(iter(config.workspaces)),
        environment=settings.default_environment or "",
        operator=settings.operator,
        utc=settings.time_zone == "utc",
    )


def _wishes(workspace: "Workspace") -> str:
    """What a workspace wants of the terminal, as `tui.terminal_voice.Wish` reads it."""
    wanted = workspace.notices.terminal
    return f"{wanted.bell} {'title' if wanted.title else 'none'} {wanted.osc}"


def adjusted(settings: ScreenSettings, options: Options) -> ScreenSettings:
    """The same with what the command line, this session and this user's folders say."""
    return replace(
        settings,
        theme=options.theme or settings.theme,
        ascii=options.ascii_only or _only_ascii(settings.ascii_wish),
        mouse=settings.mouse and not options.no_mouse,
        low_bandwidth=settings.low_bandwidth or options.low_bandwidth,
        workspace=options.workspace or settings.workspace,
        environment=options.environment or settings.environment,
        operator=operator(settings.operator),
        demo=options.demo,
        over_ssh=over_ssh(os.environ),
        state_dir=state_dir(),
        themes_dir=config_dir() / "themes",
    )


def _only_ascii(wish: str) -> bool:
    return wish == "always" or (wish == "auto" and not draws_signs())


def operator(name: str) -> str:
    """Who sits here and on which host: `dana@bastion-1`."""
    try:
        login = name or getpass.getuser()
    except (KeyError, OSError):
        login = f"uid-{os.getuid()}"
    return Foreign(f"{login}@{socket.gethostname().partition('.')[0]}").line(40)


def over_ssh(environment: Mapping[str, str]) -> bool:
    """Whether this session came in over SSH."""
    return "SSH_CONNECTION" in environment or "SSH_TTY" in environment


def draws_signs() -> bool:
    """Whether the locale and the terminal can show more than ASCII."""
    encoding = locale.getencoding().lower().replace("-", "")
    return encoding == "utf8" and os.environ.get("TERM") not in {"linux", "vt100", "vt220", "dumb"}
