"""The doctor: one bad source hurts no other, and the terminal's findings follow what is there."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from providers.base import SourceKind, SourceSpec
from providers.errors import Unauthorized
from providers.harvest import Harvest
from providers.readings import SourceId
from providers.system_readings import Condition, SystemReading
from providers.text import Foreign
from providers.vendor_readings import VendorReading, VendorState
from tests.fakes import ManualClock
from tui.doctor.findings import Finding, Mark, report_lines, summary
from tui.doctor.setup import network_findings
from tui.doctor.sources import source_findings
from tui.doctor.terminal import Surroundings, terminal_findings, theme_findings


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


def test_a_theme_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\n")
    missing, broken, *_ = theme_findings("color-blind", tmp_path)
    assert "did you mean colour-blind?" in missing.fix
    assert "mine.yaml" in broken.words
    (tmp_path / "mine.yaml").unlink()
    assert list(theme_findings("nord", tmp_path)) == []


async def test_whether_this_machine_counts_as_offline_is_told() -> None:
    async def online() -> None:
        return None

    async def offline() -> str:
        return "none of them answers"

    marks = [
        [(one.mark, bool(one.fix)) async for one in network_findings(check, ["1.1.1.1:443"])]
        for check in (online, offline, None)
    ]
    assert marks == [[(Mark.OK, False)], [(Mark.FAILED, True)], []]


async def test_a_broken_system_is_to_be_looked_at() -> None:
    reading = SystemReading(
        system="DNS", condition=Condition.BROKEN, summary=Foreign("1 of 1 names astray")
    )
    (found,) = await findings(Scripted("a", Harvest(payload=reading, at=ManualClock().now())))
    assert found.mark is Mark.WARNING
    assert "broken: 1 of 1 names astray" in found.words


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
