"""Who has it: from the on-call systems, first level first, and from nothing that is old."""

from msgspec.structs import replace

from monitor.on_call import on_call
from monitor.snapshot import WorkspaceView
from monitor.states import Freshness
from monitor.system_view import SystemView
from providers.base import Area
from providers.system_readings import Condition, Section
from providers.text import Foreign
from tests import snapshot_values as values
from tests.screen_rig import WIDE, screen
from tests.values_systems import record, system, with_systems


def shift(level: int, name: str) -> tuple[tuple[str, Foreign], ...]:
    return (("level", Foreign(str(level))), ("person", Foreign(name)),
            ("until", Foreign("2025-02-01 08:00Z")))  # fmt: skip


def pagerduty() -> SystemView:
    shifts = Section(
        key="on_call",
        title="On call now",
        records=(record("2", details=shift(2, "Ben")), record("1", details=shift(1, "Ana [b]"))),
    )
    others = Section(key="next", title="Next", records=(record("3", details=shift(1, "Cy")),))
    return system("PagerDuty", Area.ON_CALL, Condition.FINE, shifts, others)


def view(*systems: SystemView) -> WorkspaceView:
    return replace(values.incident(), systems=systems)


def test_the_first_level_comes_first_and_the_next_shift_is_not_now() -> None:
    found = on_call(view(pagerduty()))
    assert [(one.level, one.person.text) for one in found] == [("1", "Ana [b]"), ("2", "Ben")]
    assert found[0].until.text == "2025-02-01 08:00Z"


def test_what_is_old_or_of_another_kind_names_nobody() -> None:
    assert on_call(view(replace(pagerduty(), freshness=Freshness.STALE))) == ()
    chat = system("Slack", Area.CHAT, Condition.FINE, *pagerduty().reading.sections)  # type: ignore[union-attr]
    assert on_call(view(chat)) == ()
    assert on_call(view()) == ()


async def test_header_and_contacts_say_who_has_it() -> None:
    async with screen(with_systems(pagerduty()), size=(200, 60)) as rig:
        assert "on call Ana [b]" in rig.lines()[0]
        await rig.press("c")
        assert "on call now, level 1  Ana [b]" in rig.text()
        assert "until 2025-02-01 08:00Z · PagerDuty" in rig.text()
        await rig.press("enter")
        assert rig.app.clipboard == "Ana [b]"


async def test_at_160_columns_the_worst_thing_gives_way_to_nobody() -> None:
    async with screen(with_systems(pagerduty()), size=WIDE) as rig:
        assert "CRITICAL" in rig.lines()[0]
        assert "READ-ONLY" in rig.lines()[0]
