"""How many examples a property is held to: few at every run, many at night.

`make test` takes the profile `suite`: always the same examples, so that a run fails for what was
changed and for nothing else. `make test-thorough` takes `thorough`: others each time, and more.
"""

from typing import Final

from hypothesis import HealthCheck, settings

SUITE: Final = "suite"
THOROUGH: Final = "thorough"
_FULL: Final = 100
_LEAST: Final = 10

# What depends on how busy the machine is says nothing about the program.
_PATIENT: Final = [HealthCheck.too_slow]


def examples(full: int) -> int:
    """How many of `full` examples this run takes: all of them where a property has 100."""
    chosen = settings.default or settings()
    return max(_LEAST, full * chosen.max_examples // _FULL)


def register() -> None:
    """Make both profiles known, and take that of every run."""
    settings.register_profile(
        SUITE, max_examples=35, deadline=None, derandomize=True, suppress_health_check=_PATIENT
    )
    settings.register_profile(
        THOROUGH, max_examples=300, deadline=None, suppress_health_check=_PATIENT
    )
    settings.load_profile(SUITE)
