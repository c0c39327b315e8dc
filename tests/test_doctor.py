"""The doctor: one bad source hurts no other, and the terminal's findings follow what is there."""

import pytest
from msgspec.structs import replace

from providers.base import SourceKind, SourceSpec
from providers.errors import Unauthorized
from providers.harvest import Harvest
from providers.readings import SourceId
from providers.text import Foreign
from providers.vendor_readings import VendorReading, VendorState
from tests.fakes import ManualClock
from tui.doctor.findings import Finding, Mark, report_lines, summary
from tui.doctor.sources import source_findings
from tui.doctor.terminal import Surroundings, terminal_findings


class Scripted:
    """A source that does as it is told."""

    def __init__(self, name: str, outcome: Harvest | BaseException) -> None:
        self._outcome = outcome
        self.spec = SourceSpec(
            id=SourceId(f"lma/-/status/{name}"),
            workspace="lma",
            environment="",
            kind=SourceKind.VENDOR_STATUS,
            title=name,
            system="status page",
            interval_s=60,
            timeout_s=5,
        )

    async def read(self) -> Harvest:
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome

    async def aclose(self) -> None:
        return


def well() -> Harvest:
    reading = VendorReading(
        vendor="Vercel", state=VendorState.OPERATIONAL, description=Foreign("fine")
    )
    return Harvest(payload=reading, at=ManualClock().now())


async def findings(*sources: Scripted) -> list[Finding]:
    return [finding async for finding in source_findings(sources, ManualClock())]


async def test_a_bug_in_one_source_is_told_and_the_others_are_asked() -> None:
    found = await findings(
        Scripted("a", well()), Scripted("b", KeyError("oops")), Scripted("c", well())
    )
    assert [finding.mark for finding in found] == [Mark.OK, Mark.FAILED, Mark.OK]
    assert "KeyError" in found[1].words
    assert "oops" not in found[1].words


async def test_a_failure_comes_with_its_advice() -> None:
    refused = Unauthorized("Vercel", "read user", "the token is refused", advice="make a new one")
    (found,) = await findings(Scripted("a", refused))
    assert (found.mark, found.fix) == (Mark.FAILED, "make a new one")
    assert any("→ make a new one" in line for line in report_lines([found]))
    assert summary([found]) == "0 ok, 0 to look at, 1 wrong"


def test_an_area_has_one_heading_and_a_long_subject_is_whole() -> None:
    long = "localloop/production/google_calendar/main.events/and/more"
    ok = Finding(area="systems", subject=long, mark=Mark.OK, words="fine")
    lines = list(report_lines([ok, replace(ok, area="logs"), ok]))
    assert lines.count("systems") == 1
    assert sum(long in line for line in lines) == 3


def surroundings(**changes: object) -> Surroundings:
    known: dict[str, object] = {
        "environment": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        "is_terminal": True,
        "columns": 160,
        "lines": 48,
        "encoding": "utf-8",
    }
    return Surroundings(**{**known, **changes})  # type: ignore[arg-type]  # a table of changes


@pytest.mark.parametrize(
    ("changes", "subject", "mark"),
    [
        ({}, "size", Mark.OK),
        ({"columns": 79}, "size", Mark.WARNING),
        ({"lines": 23}, "size", Mark.WARNING),
        ({"encoding": "latin-1"}, "characters", Mark.WARNING),
        ({"environment": {"TERM": "linux"}}, "colours", Mark.WARNING),
        ({"environment": {"NO_COLOR": "1"}}, "colours", Mark.OK),
        ({"is_terminal": False}, "screen", Mark.WARNING),
        ({"environment": {"TMUX": "x"}, "tmux_clipboard": "on"}, "tmux clipboard", Mark.OK),
        (
            {"environment": {"TMUX": "x"}, "tmux_clipboard": "external"},
            "tmux clipboard",
            Mark.WARNING,
        ),
        ({"environment": {"TMUX": "x"}}, "tmux notices", Mark.WARNING),
    ],
)
def test_the_terminal(changes: dict[str, object], subject: str, mark: Mark) -> None:
    found = {finding.subject: finding for finding in terminal_findings(surroundings(**changes))}
    assert found[subject].mark is mark
    if mark is not Mark.OK:
        assert found[subject].fix
