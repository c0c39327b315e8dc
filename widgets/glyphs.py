"""The signs for states, and what stands for them where only ASCII can be drawn.

Every sign is one column wide. A state is never told by colour alone: sign, word and colour say the
same. `to_ascii` is the net under everything else: whatever text reaches the painter, with the
ASCII set nothing outside ASCII leaves it and no width changes.
"""

from typing import Final

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from monitor.snapshot import PaneState
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase
from providers.deploy_readings import DeployState
from providers.vendor_readings import VendorState


class Box(Struct, frozen=True, kw_only=True):
    """The six signs of a frame."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    across: str
    down: str


class Glyphs(Struct, frozen=True, kw_only=True):
    """One complete set of signs."""

    ascii: bool
    ok: str
    warning: str
    critical: str
    unknown: str
    running: str
    loading: str
    failed: str
    note: str
    """A line of the timeline that is no state: what an operator did."""

    acknowledged: str
    """Somebody is at it."""

    snoozed: str
    """Nobody is to hear of it for a while; no tick, for nobody is at it."""

    box: Box
    heavy_box: Box
    hatch: str

    def level(self, level: Level) -> str:
        """The sign of a verdict's level."""
        return {
            Level.OK: self.ok,
            Level.UNKNOWN: self.unknown,
            Level.WARNING: self.warning,
            Level.CRITICAL: self.critical,
        }[level]

    def verdict(self, level: Level, phase: Phase) -> str:
        """The sign of a rule: one that is past its limit warns before it fires."""
        if phase is Phase.UNKNOWN:
            return self.unknown
        if phase is Phase.PENDING:
            return self.warning
        return self.level(level)

    def endpoint(self, state: EndpointState) -> str:
        """The sign of an endpoint's state."""
        return {
            EndpointState.CHECKING: self.loading,
            EndpointState.OK: self.ok,
            EndpointState.SLOW: self.warning,
            EndpointState.NOT_READY: self.critical,
            EndpointState.FAILING: self.warning,
            EndpointState.DOWN: self.critical,
            EndpointState.FLAPPING: self.warning,
            EndpointState.UNKNOWN: self.unknown,
            EndpointState.STALE: self.unknown,
        }[state]

    def pane(self, state: PaneState) -> str:
        """The sign a pane's title carries; empty while there is nothing to say."""
        return {
            PaneState.LOADING: self.loading,
            PaneState.LIVE: "",
            PaneState.EMPTY_AND_FINE: "",
            PaneState.NOT_CONFIGURED: "",
            PaneState.STALE: self.unknown,
            PaneState.FAILED: self.failed,
        }[state]

    def deploy(self, state: DeployState) -> str:
        """The sign of a deploy; empty for one that needs nobody."""
        if state.running:
            return self.running
        if state is DeployState.FAILED:
            return self.failed
        if state is DeployState.BLOCKED:
            return self.warning
        return self.unknown if state is DeployState.UNKNOWN else ""

    def vendor(self, state: VendorState) -> str:
        """The sign of a vendor's status page."""
        return {
            VendorState.OPERATIONAL: self.ok,
            VendorState.DEGRADED: self.warning,
            VendorState.PARTIAL_OUTAGE: self.warning,
            VendorState.MAJOR_OUTAGE: self.critical,
            VendorState.MAINTENANCE: self.running,
            VendorState.UNKNOWN: self.unknown,
        }[state]


def _box(signs: str) -> Box:
    return Box(
        top_left=signs[0],
        top_right=signs[1],
        bottom_left=signs[2],
        bottom_right=signs[3],
        across=signs[4],
        down=signs[5],
    )


UNICODE: Final = Glyphs(
    ascii=False,
    ok="●",
    warning="▲",
    critical="■",
    unknown="○",
    running="◐",
    loading="·",
    failed="×",
    note="·",
    acknowledged="✓",
    snoozed="z",
    box=_box("╭╮╰╯─│"),
    heavy_box=_box("┏┓┗┛━┃"),
    hatch="╱",
)

ASCII: Final = Glyphs(
    ascii=True,
    ok="o",
    warning="!",
    critical="X",
    unknown="?",
    running="~",
    loading=".",
    failed="E",
    note=".",
    acknowledged="v",
    snoozed="z",
    box=_box("++++-|"),
    heavy_box=_box("####=#"),
    hatch="/",
)


def glyphs_of(app: object) -> Glyphs:
    """The set the app asks for as its `glyphs`; the full one when it does not say."""
    # Asked for every line that is drawn: a protocol would take 25 µs to look at.
    found = getattr(app, "glyphs", None)
    return found if isinstance(found, Glyphs) else UNICODE


# One sign for one sign: translation must never move a column.
_TWINS: Final = str.maketrans(
    "●▲■○◐·×…—–−→←↔↑↓≠≥≤◂▸▾▴◆◇└├│─╌┆╭╮╰╯━┃╂┏┓┗┛░▚▁▂▃▄▅▆▇╱µ“”‘’✓²³",
    "o!X?~.x~---></^v*><<>v^@&`||--:++++=|+####%z.,:-=+#/uQQ''v23".replace("Q", '"'),
)


def _braille_twin(sign: str) -> str:
    """A braille pattern as the ASCII sign that stands at the same height."""
    dots = ord(sign) - 0x2800
    upper, lower = bool(dots & 0b0001_1011), bool(dots & 0b1110_0100)
    if not dots:
        return " "
    return "*" if upper and lower else "'" if upper else "."


def to_ascii(text: str) -> str:
    """`text` in ASCII signs that take exactly as many columns."""
    if text.isascii():
        return text
    translated = text.translate(_TWINS)
    if translated.isascii():
        return translated
    twins = "".join(sign if sign.isascii() else _twin(sign) for sign in translated)
    # Signs that join into one, such as flags, are narrower together than one by one.
    return set_cell_size(twins, cell_len(text))


def _twin(sign: str) -> str:
    if "\u2800" <= sign <= "\u28ff":
        return _braille_twin(sign)
    return "?" * cell_len(sign)
