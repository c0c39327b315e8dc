"""The misbehaviours that can be switched on, by service and path.

A registry only: `demo.misbehave` carries them out, and whoever owns the ports is told when a
service is to refuse connections.
"""

import enum
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace


class FaultKind(enum.Enum):
    """What can be wrong with a service."""

    HANG = "hang"
    """Takes the request and never answers."""
    DRIP = "drip"
    """Answers one byte at a time, and never comes to the end."""
    RESET = "reset"
    """Cuts the connection instead of answering."""
    REFUSE = "refuse"
    """Takes no connection at all; for a whole service, whatever the path."""
    SLOW = "slow"
    """Answers as it should, some seconds late."""
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    RATE_LIMITED = "429"
    """With Retry-After."""
    UNAVAILABLE = "503"
    SERVER_ERROR_HTML = "500-html"
    SERVER_ERROR_AFTER = "500-after"
    """Does as it was asked, and answers 500 all the same."""
    LOST_ANSWER = "lost-answer"
    """Does as it was asked, and cuts the connection instead of saying so."""
    HTML = "html"
    """200 with a page, as a captive portal does."""
    EMPTY = "empty"
    """200 with nothing in it."""
    GZIP_BOMB = "gzip-bomb"
    """A small compressed body that becomes a gibibyte."""
    ENDLESS = "endless"
    """A body that never ends."""
    HALF_BODY = "half-body"
    """The connection is closed half way through the body."""
    HUGE_CLAIM = "huge-claim"
    """Says that ten gigabytes follow."""
    WRONG_TYPES = "wrong-types"
    """Texts where numbers belong, and the other way round."""
    NULLS = "nulls"
    """Every value of the answer is null."""
    NOT_A_NUMBER = "nan"
    """NaN and Infinity where numbers belong."""
    UNKNOWN_ENUM = "unknown-enum"
    """States nobody has heard of."""
    REDIRECT_ELSEWHERE = "redirect-elsewhere"
    """Sends the client to another origin."""
    HOSTILE_TEXT = "hostile-text"
    """Markup, escape sequences, direction overrides and endless lines wherever there is text."""


class Fault(Struct, frozen=True, kw_only=True):
    """One misbehaviour that is on."""

    service: str
    """Name of a service of the world; `*` is all of them."""

    kind: FaultKind
    path: str = "*"
    """Which paths; `*` and `?` stand for anything."""

    times: int | None = None
    """How many requests it still strikes; None: all, until it is switched off."""

    seconds: float = 3.0
    """Delay of `slow`, and what `429` says in Retry-After."""

    location: str = ""
    """Where `redirect-elsewhere` leads; empty: to the world's own trap."""

    def strikes(self, service: str, path: str) -> bool:
        """Whether a request of that service and path is hit."""
        return self.service in {"*", service} and fnmatchcase(path, self.path)


Watcher = Callable[[], None]


class Faults:
    """All misbehaviours of one world; may be switched from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Fault] = []
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher` called after every change, in the thread that made it."""
        self._watchers.append(watcher)

    @property
    def active(self) -> tuple[Fault, ...]:
        """What is on, the oldest first."""
        with self._lock:
            return tuple(self._on)

    def on(self, fault: Fault) -> None:
        """Switch a fault on; it takes the place of an older one of the same service and path."""
        with self._lock:
            self._on = [each for each in self._on if not _same_place(each, fault)] + [fault]
        self._tell()

    def off(self, service: str = "*", path: str | None = None) -> int:
        """Switch off the faults of a service, or of one of its paths; says how many there were."""
        with self._lock:
            kept = [
                each
                for each in self._on
                if service not in {"*", each.service} or path not in {None, each.path}
            ]
            gone = len(self._on) - len(kept)
            self._on = kept
        self._tell()
        return gone

    def strike(self, service: str, path: str) -> Fault | None:
        """The fault a request meets now; counts it, when the fault strikes a number of times."""
        with self._lock:
            for place, fault in enumerate(self._on):
                if fault.kind is not FaultKind.REFUSE and fault.strikes(service, path):
                    self._count(place, fault)
                    return fault
        return None

    def _count(self, place: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            del self._on[place]
        else:
            self._on[place] = replace(fault, times=fault.times - 1)

    def refuses(self, service: str) -> bool:
        """Whether a service takes no connections."""
        return any(
            each.kind is FaultKind.REFUSE and each.service in {"*", service} for each in self.active
        )

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()


def _same_place(one: Fault, other: Fault) -> bool:
    return (one.service, one.path) == (other.service, other.path)
