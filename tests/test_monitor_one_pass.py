"""In which order a single pass asks."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.one_pass import in_turns
from tests.fakes import ManualClock, ScriptedSource, probe, source_spec

CLOCK = ManualClock()


def source(place: int, system: str) -> ScriptedSource:
    spec = replace(source_spec(f"lma/production/s{place}/x"), system=system)
    return ScriptedSource(spec, CLOCK, [probe()])


def order(systems: str) -> str:
    asked = in_turns([source(place, system) for place, system in enumerate(systems)])
    return "".join(one.spec.system for one in asked)


def test_each_system_has_its_turn_before_any_has_its_second() -> None:
    assert order("vvvvrrss") == "vrsvrsvv"
    assert order("v") == "v"
    assert order("") == ""


@given(st.text(alphabet="vrsp", max_size=30))
def test_none_is_left_out_and_each_keeps_its_own_order(systems: str) -> None:
    sources = [source(place, system) for place, system in enumerate(systems)]
    asked = in_turns(sources)
    assert sorted(map(id, asked)) == sorted(map(id, sources))
    for system in set(systems):
        own = [one for one in sources if one.spec.system == system]
        assert [one for one in asked if one.spec.system == system] == own
