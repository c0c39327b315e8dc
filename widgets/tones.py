"""Which tone a state has; green is for the sign alone, text of a healthy thing stays neutral."""

from typing import Final

from monitor.states import EndpointState
from monitor.verdicts import Level, Phase
from providers.deploy_readings import DeployState
from providers.vendor_readings import VendorState
from widgets.cells import Tone

_LEVELS: Final = {
    Level.OK: Tone.OK,
    Level.UNKNOWN: Tone.UNKNOWN,
    Level.WARNING: Tone.WARNING,
    Level.CRITICAL: Tone.CRITICAL,
}

_ENDPOINTS: Final = {
    EndpointState.CHECKING: Tone.MUTED,
    EndpointState.OK: Tone.OK,
    EndpointState.SLOW: Tone.WARNING,
    EndpointState.NOT_READY: Tone.CRITICAL,
    EndpointState.FAILING: Tone.WARNING,
    EndpointState.DOWN: Tone.CRITICAL,
    EndpointState.FLAPPING: Tone.WARNING,
    EndpointState.UNKNOWN: Tone.UNKNOWN,
    EndpointState.STALE: Tone.UNKNOWN,
}

_VENDORS: Final = {
    VendorState.OPERATIONAL: Tone.OK,
    VendorState.DEGRADED: Tone.WARNING,
    VendorState.PARTIAL_OUTAGE: Tone.WARNING,
    VendorState.MAJOR_OUTAGE: Tone.CRITICAL,
    VendorState.MAINTENANCE: Tone.ACCENT,
    VendorState.UNKNOWN: Tone.UNKNOWN,
}


def level_tone(level: Level) -> Tone:
    """The tone of a level's sign."""
    return _LEVELS[level]


def verdict_tone(level: Level, phase: Phase) -> Tone:
    """The tone of a rule's sign: past its limit it warns before it fires."""
    if phase is Phase.UNKNOWN:
        return Tone.UNKNOWN
    return Tone.WARNING if phase is Phase.PENDING else _LEVELS[level]


def text_tone(tone: Tone) -> Tone:
    """The tone of the words beside a sign: neutral while all is well."""
    return Tone.NORMAL if tone is Tone.OK else tone


def endpoint_tone(state: EndpointState) -> Tone:
    """The tone of an endpoint's sign."""
    return _ENDPOINTS[state]


def vendor_tone(state: VendorState) -> Tone:
    """The tone of a vendor's sign."""
    return _VENDORS[state]


def deploy_tone(state: DeployState) -> Tone:
    """The tone of a deploy's state."""
    if state.running:
        return Tone.ACCENT
    match state:
        case DeployState.FAILED | DeployState.BLOCKED:
            return Tone.WARNING
        case DeployState.UNKNOWN:
            return Tone.UNKNOWN
        case DeployState.PREVIOUS | DeployState.CANCELED | DeployState.READY:
            return Tone.MUTED
        case _:
            return Tone.NORMAL
