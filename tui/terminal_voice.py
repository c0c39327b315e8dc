"""What the terminal does besides showing the wall: rings, has a title, hands on desktop notices.

Each once for an alert. Nothing of it comes from outside as it is: a title or a notice is one line
of printable signs, so that no alert can end the sequence it stands in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from monitor.alert_view import AlertView
from monitor.care import is_snoozed
from monitor.snapshot import Snapshot, WorkspaceView
from monitor.verdicts import Level, Phase
from providers.clock import Moment
from providers.secrets import redact
from providers.text import Foreign
from tui.terminal_text import harmless

BELL: Final = "\x07"
LONGEST_TITLE: Final = 80
LONGEST_NOTICE: Final = 160

_MOST_KNOWN: Final = 2_000
_ACTIVE: Final = frozenset({Phase.FIRING, Phase.RECOVERING, Phase.FLAPPING})
_BEGUN: Final = frozenset({Phase.FIRING, Phase.FLAPPING})
_LEVELS: Final = {"critical": Level.CRITICAL, "warning": Level.WARNING}
_NO_TITLE: Final = frozenset({"linux", "dumb", "unknown", "vt100", "vt102", "vt220", "ansi"})
_PROGRAMS: Final = {
    "iTerm.app": "9",
    "WezTerm": "777",
    "ghostty": "777",
    "rio": "777",
    "WarpTerminal": "9",
}
_KINDS: Final = {"xterm-kitty": "99", "xterm-ghostty": "777", "foot": "777", "foot-extra": "777"}


class Wish(Struct, frozen=True, kw_only=True):
    """What one workspace wants of the terminal."""

    bell: Level | None = None
    """From which level on it rings; None: never."""

    title: bool = True
    osc: str = "never"

    @classmethod
    def of(cls, words: str) -> "Wish":
        """From three words: `never title auto`."""
        bell, title, osc = [*words.split(), "never", "title", "never"][:3]
        return cls(bell=_LEVELS.get(bell), title=title == "title", osc=osc)


class Voice:
    """Speaks through the terminal about what is new.

    Args:
        wishes: By workspace; one that is not in there wants a title and nothing more.
        environment: Of this process: which terminal it is.
        write: Writes to the terminal as it is.
        entitle: Sets the window's title.
        began: What fired before is no news.
    """

    def __init__(
        self,
        wishes: Mapping[str, Wish],
        environment: Mapping[str, str],
        write: Callable[[str], None],
        entitle: Callable[[str], None],
        began: Moment,
    ) -> None:
        self.passthrough = False
        """Whether tmux lets sequences through that it does not know."""

        self._wishes = wishes
        self._environment = environment
        self._write = write
        self._entitle = entitle
        self._began = began
        self._rung: Known = set()
        self._shown: Known = set()
        self._title: str | None = None
        self._last: Snapshot | None = None

    @property
    def asks_tmux(self) -> bool:
        """Whether it matters what tmux lets through."""
        return "TMUX" in self._environment and any(
            wish.osc != "never" for wish in self._wishes.values()
        )

    def forget_title(self) -> None:
        """The terminal was given back in between."""
        self._title = self._last = None

    def look(self, snapshot: Snapshot) -> None:
        """Say what is new."""
        if snapshot is self._last:
            return
        self._last = snapshot
        standing = {name: list(_standing(view)) for name, view in snapshot.workspaces.items()}
        self._set_title(snapshot, standing)
        if snapshot.offline_since is not None:
            return
        ring = False
        for name, alerts in standing.items():
            wish = self._wishes.get(name, _PLAIN)
            if wish.bell is not None:
                ring |= bool(self._new(alerts, wish.bell, self._rung))
            if wish.osc != "never":
                news = self._new(alerts, Level.CRITICAL, self._shown)
                self._tell(snapshot.workspaces[name].spec.title, news, wish.osc)
        if ring:
            self._write(BELL)

    def _new(self, alerts: list[AlertView], least: Level, known: "Known") -> list[AlertView]:
        """Alerts that nobody was told of yet; from now on they count as told."""
        found = [
            alert
            for alert in alerts
            if alert.phase in _BEGUN
            and alert.level >= least
            and (alert.key, alert.began) not in known
        ]
        if len(known) > _MOST_KNOWN:
            known &= {(alert.key, alert.began) for alert in alerts}
        known.update((alert.key, alert.began) for alert in found)
        return [one for one in found if (one.fired or one.since).at >= self._began.at]

    def _tell(self, title: str, alerts: list[AlertView], wish: str) -> None:
        kind = osc_of(wish, self._environment, passthrough=self.passthrough)
        if not alerts or not kind:
            return
        more = f" and {len(alerts) - 1} more" if len(alerts) > 1 else ""
        text = one_line(f"{title}: {named(alerts[0])}{more}", LONGEST_NOTICE)
        sequence = notice(kind, text)
        self._write(through_tmux(sequence) if "TMUX" in self._environment else sequence)

    def _set_title(self, snapshot: Snapshot, standing: Mapping[str, Sequence[AlertView]]) -> None:
        if self._environment.get("TERM", "dumb") in _NO_TITLE:
            return
        shown = {
            view.spec.title: standing[name]
            for name, view in snapshot.workspaces.items()
            if self._wishes.get(name, _PLAIN).title
        }
        if not shown:
            return
        title = title_of(shown, offline=snapshot.offline_since is not None)
        if title != self._title:
            self._title = title
            self._entitle(title)


Known = set[tuple[str, datetime]]
"""Alerts by key and when their trouble began."""

_PLAIN: Final = Wish()


def title_of(standing: Mapping[str, Sequence[AlertView]], *, offline: bool) -> str:
    """The window's title: `2! LMA API production 503`.

    Args:
        standing: What people are to know of, by the title of each workspace.
        offline: Whether nothing is judged.
    """
    if offline:
        return "offline · Quarterdeck"
    count = sum(len(alerts) for alerts in standing.values())
    if not count:
        return one_line(f"Quarterdeck {' '.join(standing)}", LONGEST_TITLE)
    every = [(alert, name) for name, alerts in standing.items() for alert in alerts]
    first, name = max(every, key=lambda pair: pair[0].level)
    return one_line(f"{count}! {name} {named(first)}", LONGEST_TITLE)


def named(alert: AlertView) -> str:
    """The alert in a few words, with where it is: `API production 503`."""
    name = alert.subject or alert.title
    where = "" if alert.environment in name else f" {alert.environment}"
    return f"{name}{where} {alert.fact}".rstrip()


def one_line(text: str, limit: int) -> str:
    """Text that can end no sequence and act on nothing."""
    return harmless(Foreign(redact(text)).line(limit)).replace(";", ",")


def notice(kind: str, text: str) -> str:
    """The sequence that shows a desktop notice.

    Args:
        kind: `9` (iTerm2), `777` (rxvt and many since) or `99` (kitty).
        text: Of `one_line`. For 9 it must not begin with a number, which means progress there.
    """
    if kind == "777":
        return f"\x1b]777;notify;Quarterdeck;{text}\x07"
    if kind == "99":
        return f"\x1b]99;i=quarterdeck:d=1;{text}\x1b\\"
    return f"\x1b]9;Quarterdeck: {text}\x07"


def through_tmux(sequence: str) -> str:
    """The sequence as tmux hands it to the terminal it runs in, where it is allowed to."""
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"


def osc_of(wish: str, environment: Mapping[str, str], *, passthrough: bool) -> str:
    """Which sequence to use; empty: none that is known to be understood."""
    if wish == "never":
        return ""
    terminal = environment.get("TERM", "")
    if "TMUX" in environment:
        if not passthrough:
            return ""
    elif "STY" in environment or terminal.startswith("screen"):
        return ""
    if wish != "auto":
        return wish
    program = environment.get("TERM_PROGRAM", "")
    if found := _PROGRAMS.get(program) or _KINDS.get(terminal):
        return found
    if "KITTY_WINDOW_ID" in environment:
        return "99"
    if environment.get("LC_TERMINAL") == "iTerm2":
        return "9"
    return "777" if terminal.startswith("rxvt") else ""


def _standing(view: WorkspaceView) -> Iterable[AlertView]:
    """What people are to know of: each cause alone, nothing that is snoozed or expected."""
    keys = {alert.key for alert in view.alerts}
    for alert in view.alerts:
        follows = bool(alert.cause) and alert.cause in keys
        quiet = follows or bool(alert.maintenance) or is_snoozed(alert)
        if alert.phase in _ACTIVE and not quiet:
            yield alert
