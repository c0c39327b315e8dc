"""The example is complete, explained, sound, and says what the runbooks say."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tui.config.compose import compose
from tui.config.load import check, parse
from tui.config.model import Alarm, Bands, Config, Goal, Kpi, Setting
from tui.config.nodes import MappingNode, Node, SequenceNode, data
from tui.config.problems import Path as SettingPath
from tui.config.schema import FILE_NAME, json_schema
from tui.config.shape import keys_of, setting_at
from tui.config.starter import starter_text
from tui.config.validate import validate

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
CONFIG = parse(TEXT.encode(), EXAMPLE.name).config
# A setting that is left out on purpose: its line stands in place, behind a sign and one blank.
LEFT_OUT = re.compile(r"^(\s*)# (?=[a-z_]+: \S)", re.MULTILINE)
FULL = LEFT_OUT.sub(r"\1", TEXT)
SCHEMA = json.loads((ROOT / FILE_NAME).read_text(encoding="utf-8"))


def settings_of(kind: type[Setting], seen: set[type[Setting]]) -> set[type[Setting]]:
    """A model and all that it is made of."""
    seen.add(kind)
    for name, info in kind.model_fields.items():
        for inner in _models(info.annotation):
            if inner not in seen:
                settings_of(inner, seen)
        assert info.description, f"{kind.__name__}.{name} has no description"
    return seen


def _models(annotation: object) -> Iterator[type[Setting]]:
    if isinstance(annotation, type) and issubclass(annotation, Setting):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def written(node: Node, path: SettingPath = ()) -> Iterator[tuple[type[Setting], str, int]]:
    """Every setting that stands in a tree: its model, its key and its line."""
    if isinstance(node, MappingNode):
        kind = setting_at(path)
        for key, entry in node.entries.items():
            if kind is not None:
                yield kind, key, entry.place.line
            yield from written(entry.node, (*path, key))
    elif isinstance(node, SequenceNode):
        for position, item in enumerate(node.items):
            yield from written(item, (*path, position))


SETTINGS = sorted(settings_of(Config, set()), key=lambda kind: kind.__name__)
WRITTEN = list(written(compose(FULL).root))


def test_the_example_has_no_problem() -> None:
    assert check(TEXT, EXAMPLE.name) == ()


def test_what_the_example_leaves_out_would_be_read_as_well() -> None:
    found = validate(data(compose(FULL).root))
    assert found.config is not None
    assert found.findings == ()


def test_every_setting_stands_in_the_example() -> None:
    # The ways to write a limit are the same for goals and alarms: each once is enough.
    shared = {"above", "at_least", "below", "at_most"}
    here = {(each, key) for each, key, _ in WRITTEN}
    missing = {
        (kind, key)
        for kind in SETTINGS
        for key in keys_of(kind)
        if kind not in {Goal, Alarm} or key not in shared
    } - here

    assert missing == set()
    assert shared <= {key for each, key in here if each in {Goal, Alarm}}


def test_every_setting_is_explained_by_a_comment() -> None:
    lines = FULL.splitlines()
    comments = "\n".join(line for line in lines if line.lstrip().startswith("#"))
    named = set(re.findall(r"\w+", comments))
    places: dict[tuple[type[Setting], str], list[int]] = {}
    for kind, key, line in WRITTEN:
        places.setdefault((kind, key), []).append(line)

    assert [
        (kind, key)
        for (kind, key), found in places.items()
        if kind in SETTINGS and key not in named
        if not any(_explained(lines, line) for line in found)
    ] == []


def _explained(lines: list[str], line: int) -> bool:
    """A comment stands on the line itself, or over it with at most three settings between."""
    if "#" in lines[line - 1]:
        return True
    above = lines[max(0, line - 5) : line - 1]
    return any(each.lstrip().startswith(("#", "- #")) for each in above)


def test_editors_are_pointed_at_the_schema() -> None:
    first = f"# yaml-language-server: $schema={FILE_NAME}"
    assert TEXT.splitlines()[0] == first
    assert starter_text().splitlines()[0] == first


def test_the_schema_beside_it_is_the_model_s() -> None:
    assert json.loads(json.dumps(json_schema())) == SCHEMA, f"quarterdeck schema > {FILE_NAME}"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", [TEXT, FULL, starter_text()], ids=["example", "full", "starter"])
def test_the_schema_takes_what_the_program_takes(text: str) -> None:
    plain = json.loads(json.dumps(data(compose(text).root)))
    jsonschema.Draft202012Validator(SCHEMA).validate(plain)


def test_the_schema_refuses_unknown_keys_and_shows_defaults_as_they_are_written() -> None:
    unknown = {"version": 1, "workspaces": {}, "settngs": {}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(unknown)
    text = json.dumps(SCHEMA)
    assert '"default": "15s"' in text
    assert '"default": "1MiB"' in text
    assert '"default": null' not in text


def test_the_starter_is_sound_and_stays_so_when_everything_is_taken_in() -> None:
    assert check(starter_text(), "config.yaml") == ()
    full = re.sub(
        r"^(\s*)# (?=\s*(?!yaml)[a-z-]+:(\s|$))", r"\1", starter_text(), flags=re.MULTILINE
    )
    assert full != starter_text()
    assert check(full, "config.yaml") == ()


def test_both_products_are_there_with_their_services_and_paths() -> None:
    lma, localloop = CONFIG.workspaces["lma"], CONFIG.workspaces["localloop"]
    urls = {
        (name, environment): place.url
        for name, service in lma.services.items()
        for environment, place in service.environments.items()
    }
    assert urls == {
        ("customer-web", "production"): "https://www.lma.com",
        ("customer-web", "staging"): "https://staging.lma.com",
        ("merchant-admin", "production"): "https://merchant.lma.com",
        ("merchant-admin", "staging"): "https://merchant-staging.lma.com",
        ("super-admin", "production"): "https://admin.lma.com",
        ("super-admin", "staging"): "https://admin-staging.lma.com",
        ("api", "production"): "https://api.lma.com",
        ("api", "staging"): "https://api-staging.lma.com",
    }
    assert {check.path for check in lma.services["api"].checks.values()} == {
        "/health",
        "/health/live",
        "/health/ready",
        "/health/metrics",
    }
    assert {check.path for check in localloop.services["site"].checks.values()} == {
        "/",
        "/api/health",
        "/api/health/database",
        "/api/admin/system-status",
    }
    assert localloop.services["site"].environments["staging"].url is None


# Key of the KPI, then each band with its limit, its duration in seconds and its runbook line:
# the rows A040 to A077 of the runbook.
RUNBOOK_A = {
    "response-time": "target below 2 A:252; warning above 5 900 A:291; critical above 10 300 A:276",
    "unacknowledged": "target at_most 0 A:517; critical above 0 900 A:517",
    "critical-pages": "target below 2 A:52",
    "error-rate": "target below 0.5 A:253; review below 1 A:53; warning above 2 900 A:292;"
    " critical above 5 300 A:275",
    "uptime": "target at_least 99.9 A:254",
    "database-queries": "target below 50 A:255; review below 100 A:55; warning above 200 900 A:293",
    "event-creation": "",
    "ticket-sales": "",
    "registrations": "",
    "storage": "",
    "storage-growth": "",
    "suspicious-accounts": "target at_most 0 A:450",
    "email-delivery": "target above 98 A:261; warning below 95 3600 A:301",
    "payment-failures": "warning above 5 3600 A:302; critical at_least 100 300 A:514",
    "connections": "target below 80 A:264; warning above 80 1800 A:296; critical above 95 120 None",
    "memory": "target below 85 A:265; warning above 90 1800 A:297",
    "api-limits": "target below 80 A:267",
    "largest-paint": "target at_most 2.5 A:105; review at_most 4 A:105",
    "certificates": "target at_least 21 A:113; review at_least 7 A:113",
    "names": "critical above 0 600 A:343",
    "mail-records": "warning above 0 1800 A:398",
    "master-backup": "target below 604800 A:118; warning above 691200 0 A:118",
    "connection-failures": "critical above 3 0 A:279",
    "query-timeouts": "critical above 10 0 A:280",
    "disk-space": "warning above 85 0 A:298; critical above 90 0 A:281",
    "failed-logins": "critical above 100 0 A:284",
    "suspicious-usage": "critical above 1000 0 A:285",
}


def test_every_number_of_runbook_a_is_there_with_its_line() -> None:
    kpis = CONFIG.workspaces["localloop"].kpis
    assert {name: _bands(kpi.bands) for name, kpi in kpis.items()} == RUNBOOK_A


def _bands(bands: Bands) -> str:
    told = []
    for name in ("target", "review", "warning", "critical"):
        band: Goal | Alarm | None = getattr(bands, name)
        if band is not None:
            after = f" {band.for_s:g}" if isinstance(band, Alarm) else ""
            told.append(f"{name} {band.given[0]} {band.number:g}{after} {band.runbook}")
    return "; ".join(told)


def test_the_third_failure_in_a_row_fires() -> None:
    for workspace in CONFIG.workspaces.values():
        for service in workspace.services.values():
            assert {check.failures_to_fire for check in service.checks.values()} == {3}


def test_the_severity_schemes_are_those_of_the_runbooks() -> None:
    schemes = {
        name: [(each.label, each.response_s) for each in workspace.severities]
        for name, workspace in CONFIG.workspaces.items()
    }
    assert schemes == {
        "lma": [("SEV1", 900.0), ("SEV2", 1800.0), ("SEV3", 7200.0), ("SEV4", None)],
        "localloop": [("P0", 900.0), ("P1", 3600.0), ("P2", 14_400.0), ("P3", None)],
    }


def test_every_kpi_says_where_it_comes_from() -> None:
    kpis: list[Kpi] = [
        kpi for workspace in CONFIG.workspaces.values() for kpi in workspace.kpis.values()
    ]
    assert all(kpi.sources for kpi in kpis)
    assert all(kpi.runbook for kpi in CONFIG.workspaces["localloop"].kpis.values())
