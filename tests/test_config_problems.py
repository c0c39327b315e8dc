"""Every problem at once, at its place, in words, with what was perhaps meant."""

import os
from pathlib import Path
from typing import get_args

import pytest

from tests.config_texts import SMALL, config, problems, small
from tui.config.load import check, load, read
from tui.config.model import Account
from tui.config.problems import MOST, ConfigError

KINDS = ", ".join(get_args(Account.model_fields["kind"].annotation))
HEALTH = "            path: /health\n"


def one(old: str, new: str) -> str:
    """The only problem of the small configuration with one place changed."""
    (found,) = problems(small(old, new))
    return found


def test_all_problems_come_in_one_go_and_in_order() -> None:
    text = small("version: 1\n", "version: 2\n")
    text = text.replace("kind: vercel", "kind: vercell").replace("path: /health", "every: 15")
    text = text.replace("user: me", "usr: me").replace("above: 5", "above: 1")
    text = text.replace("depends_on: [main]", "depends_on: [mian]")
    text = text.replace("{env: TOKEN}", "{env: TOKEN, file: x}").replace(
        "title: Shop", "titel: Shop"
    )
    assert problems(text) == [
        "1:10: version: this program reads version 1",
        "3:23: secrets.token.file: env is given as well: leave one of them out",
        "3:29: secrets.token.file: name the whole path, from / or ~/ on",
        f"6:15: accounts.web.kind: one of {KINDS} is expected — did you mean vercel?",
        "10:3: workspaces.shop: title is missing",
        "11:5: workspaces.shop.titel: unknown setting — did you mean title?",
        "22:22: workspaces.shop.services.api.depends_on[0]: no such service or database;"
        " known: api, main — did you mean main?",
        '25:20: workspaces.shop.services.api.checks.health.every: a duration needs a unit: "15s"'
        ' or "15m"?',
        "37:46: workspaces.shop.databases.main.environments.production.usr: unknown setting"
        " — did you mean user?",
        "46:29: workspaces.shop.kpis.errors.bands.critical.above: comes before warning:"
        " the order is target, review, warning, critical",
    ]


def test_what_only_repeats_another_problem_is_left_out() -> None:
    text = small("  token: {env: TOKEN}\n", "  token: {env: lower}\n")
    assert problems(text) == [
        "3:16: secrets.token.env: the name of an environment variable, in capitals"
    ]
    text = small("      - {label: SEV1, title: Outage, response: 15m}\n", "      - {label: SEV1}\n")
    assert [line.split(": ", 1)[1] for line in problems(text)] == [
        "workspaces.shop.severities[0]: title is missing",
        "workspaces.shop.severities[0]: response is missing",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 1\n", "", "1:1: version is missing"),
        (
            "version: 1\n",
            "version: 1\nsettings: {theem: dark}\n",
            "2:12: settings.theem: unknown setting — did you mean theme?",
        ),
        (
            "version: 1\n",
            "version: 1\nsettings: {zzz: 1}\n",
            "2:12: settings.zzz: unknown setting; known here: read_only, operator, theme, ascii,"
            " mouse, low_bandwidth, time_zone, default_workspace …",
        ),
        (
            "version: 1\n",
            "version: 1\nsettings: {mouse: 1}\n",
            "2:19: settings.mouse: true or false is expected, not a number",
        ),
        (
            "title: Shop\n",
            "title: 5\n",
            "11:12: workspaces.shop.title: a text is expected, not a number: quote it",
        ),
        (
            "version: 1\n",
            "version: true\n",
            "1:10: version: a whole number is expected, not true or false",
        ),
        (
            "version: 1\n",
            "version: 1.0\n",
            "1:10: version: a whole number is expected, not a number",
        ),
        (
            "title: Shop\n",
            "title:\n",
            "11:11: workspaces.shop.title: nothing stands here: give a value, or leave the key out",
        ),
        (
            "version: 1\n",
            "version: 1\nsettings: {default_workspace: shopp}\n",
            "2:31: settings.default_workspace: no such workspace; known: shop — did you mean shop?",
        ),
        (
            "version: 1\n",
            "version: 1\nsettings: {history: {keep_raw: 20d}}\n",
            "2:12: settings.history: the coarser grain is kept longer: keep_raw, then"
            " keep_minutes, then keep_hours",
        ),
        (
            "{kind: vercel, secret: token}",
            "{kind: vercel, secret: tokn}",
            "6:31: accounts.web.secret: no secret of this name is declared under secrets"
            " — did you mean token?",
        ),
        (
            "{kind: github, secret: token}",
            "{kind: github, secret: token, team: x}",
            "7:38: accounts.hub.team: only Vercel has teams",
        ),
        (
            "{kind: github, secret: token}",
            '{kind: github, secret: token, base_url: "http://api.example.com"}',
            "7:48: accounts.hub.base_url: a credential goes out in clear: write https://",
        ),
        (
            "account: box, service_id: srv-a",
            "account: bx, service_id: srv-a",
            "30:32: workspaces.shop.services.api.environments.production.deploys.account:"
            " no such account; known: web, box — did you mean box?",
        ),
        (
            "account: box, service_id: srv-a",
            "account: web, project: p, service_id: srv-a",
            "30:49: workspaces.shop.services.api.environments.production.deploys.service_id:"
            " service_id belongs to render; the account is of vercel",
        ),
        (
            "account: box, service_id: srv-a",
            "account: web",
            "30:13: workspaces.shop.services.api.environments.production.deploys:"
            " vercel needs project",
        ),
        (
            "account: hub, repo",
            "account: box, repo",
            "31:29: workspaces.shop.services.api.environments.production.runs.account:"
            " render knows deploys, not workflow runs: name it under deploys",
        ),
        (
            "          staging: {}\n",
            "          stagng: {}\n",
            "32:11: workspaces.shop.services.api.environments.stagng: no such environment;"
            " known: production, staging — did you mean staging?",
        ),
        (
            HEALTH,
            HEALTH + "            severity: SEV3\n",
            "26:23: workspaces.shop.services.api.checks.health.severity: no such severity;"
            " known: SEV1, SEV2 — did you mean SEV2?",
        ),
        (
            "metric: errors",
            "metric: eror",
            "42:44: workspaces.shop.kpis.errors.from[0].metric: no such metric there; known:"
            " latency_ms, up, certificate_days, errors — did you mean errors?",
        ),
        (
            "check: api/health",
            "check: api/helth",
            "42:24: workspaces.shop.kpis.errors.from[0].check: no such check, written"
            " service/check; known: api/health — did you mean api/health?",
        ),
        (
            "        environment: production\n",
            "        environment: staging\n",
            "42:24: workspaces.shop.kpis.errors.from[0].check: not made in staging: no url there,"
            " or another environment",
        ),
        (
            "password: db}",
            "password: nobody}",
            "37:66: workspaces.shop.databases.main.environments.production.password: no secret of"
            " this name is declared under secrets",
        ),
        (
            'runbook: "R:1"',
            'runbook: "Q:1"',
            "44:39: workspaces.shop.kpis.errors.bands.target.runbook: no workspace has a runbook"
            " of this id; known: R",
        ),
    ],
    ids=range(24),
)
def test_one_mistake_is_one_problem(old: str, new: str, expected: str) -> None:
    assert one(old, new) == expected


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("path: health", "starts with /"),
        ("path: /a b", "no blanks"),
        ("path: //evil.example", "one /"),
        ("role: depe", "did you mean deep?"),
        ("method: POST", "one of GET, HEAD is expected"),
        ("every: 0s", "must be from 1s to 1d"),
        ("every: [5m]", "a number is expected, not a list"),
        ("timeout: 5", 'needs a unit: "5s"'),
        ("expect: [200, 999]", "must be at most 599"),
        ("expect: []", "at least 1 expected"),
        ("slow_over: 5s", "not below the timeout"),
        ("failures_to_fire: 0", "must be at least 1"),
        ("failures_to_fire: 2.5", "a whole number is expected"),
        ("body_limit: 6MiB", "must be from 1KiB to 5MiB"),
        ("body_limit: 100", "a size needs a unit"),
        ("secret_header: 'a b'", "not the name of an HTTP header"),
        ("headers: {Authorization: x}", "a credential is never written here"),
        ("headers: {x-api-key: x}", "a credential is never written here"),
        ('headers: {Accept: "a\\nb"}', "one line of ASCII"),
        ("{secret: token, redirects: 1}", "with a secret no redirect is followed"),
        ("secret: nobody", "no secret of this name"),
        ("environments: [prod]", "did you mean production?"),
        ("certificate: {warning: 1d, critical: 2d}", "critical comes after warning"),
        ("ca_file: ca.pem", "name the whole path"),
        ("assert: [{path: a}]", "what must hold?"),
        ("assert: [{path: 'a[', equals: 1}]", "not a JMESPath expression"),
        ("assert: [{path: a, matches: '('}]", "not a regular expression"),
        ("assert: [{path: a, matches: '[[a]'}]", "too large or ambiguous"),
        ("assert: [{path: 'a[?b==`c`]', equals: 1}]", "not a JMESPath expression"),
        ("assert: [{path: a, at_least: 2, at_most: 1}]", "nothing could pass"),
        ("assert: [{path: a, equals: [1]}]", "expected"),
        ("assert: [{path: a, exists: 1}]", "true or false"),
        ("assert: [{path: a, exists: false, at_most: 1}]", "at_most can not hold"),
        ("version: {}", "one of path, header is needed"),
        ("version: {path: v, header: X-V}", "path is given as well"),
        ("version: {header: 'X V'}", "not the name of an HTTP header"),
        ("version: {header: Set-Cookie}", "name a header that is no credential"),
        ("version: {path: '&&'}", "not a JMESPath expression"),
        ("{method: HEAD, version: {path: v}}", "a HEAD request brings no body"),
        ("runbook: 'line 5'", "a place in a runbook"),
    ],
)
def test_settings_of_a_check_are_held_to_their_rules(new: str, words: str) -> None:
    plain = new if new.startswith("{") else f"{{{new}}}"
    found = problems(small("        checks:\n", f"        checks:\n          other: {plain}\n"))
    assert len(found) == 1
    assert ": workspaces.shop.services.api.checks.other" in found[0]
    assert words in found[0]


@pytest.mark.parametrize(
    "new",
    [
        "assert: [{path: a, exists: true}, {path: b, exists: false}]",
        "assert: [{path: a, exists: true, at_most: 1}]",
        "{method: HEAD, version: {header: X-Version}}",
    ],
)
def test_what_a_check_may_say(new: str) -> None:
    plain = new if new.startswith("{") else f"{{{new}}}"
    assert (
        problems(small("        checks:\n", f"        checks:\n          other: {plain}\n")) == []
    )


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        ("metrics: [{name: a, path: a}, {name: a, path: b}]", "given twice"),
        ("metrics: [{name: up, path: a}]", "has a metric of this name already"),
        ("metrics: [{name: Up, path: a}]", "lower-case letters"),
        ("metrics_format: prometheus, metrics: [{name: a, path: 'a{b}'}]", "not a sample"),
        ("metrics: [{name: a, path: 'a{b=\"c\"}'}]", "not a JMESPath expression"),
    ],
)
def test_metrics_can_be_read(metrics: str, words: str) -> None:
    other = f"        checks:\n          other: {{{metrics}}}\n"
    found = problems(small("        checks:\n", other))
    assert len(found) == 1
    assert words in found[0]


def test_a_prometheus_sample_is_taken() -> None:
    metrics = 'metrics: [{name: a, path: \'http_requests_total{code="500",path="/a\\\\n"}\'}]'
    other = f"        checks:\n          other: {{metrics_format: prometheus, {metrics}}}\n"
    assert problems(small("        checks:\n", other)) == []


def test_dependencies_do_not_go_round() -> None:
    text = small(
        "    services:\n",
        "    services:\n      web: {title: Web, depends_on: [job]}\n"
        "      job: {title: Job, depends_on: [web]}\n",
    )
    (found,) = problems(text)
    assert "goes round in a circle: " in found
    assert "web → job" in found


def test_names_of_services_stay_apart_from_other_sources() -> None:
    text = small("    services:\n", "    services:\n      status: {title: S}\n")
    assert "status is not free as a service's name" in problems(text)[0]
    text = small("    services:\n", "    services:\n      main: {title: S}\n")
    assert "a database has the same name" in problems(text)[0]
    text = small("    services:\n", "    services:\n      a/b: {title: S}\n")
    assert "names use lower-case letters" in problems(text)[0]


def test_the_same_deploys_are_not_read_twice() -> None:
    text = small(
        "          staging: {}\n",
        "          staging: {deploys: {account: box, service_id: srv-a}}\n",
    )
    assert problems(text) == [
        "32:21: workspaces.shop.services.api.environments.staging.deploys:"
        " the same as in api.production: each deploy would be listed twice"
    ]


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("{host: db.example.com, user: me}", "password is missing"),
        ("{host: db.example.com, password: db}", "user is missing"),
        ("{user: me, password: db}", "host or dsn is missing"),
        ("{dsn: db, host: x.example.com}", "the dsn says it already"),
        ("{dsn: db, tls: disable}", "in clear"),
        ("{host: db.example.com, user: me, password: db, tls: disable}", "in clear"),
        ("{host: db.example.com, user: me, password: db, tls: require}", "verify-full alone"),
        ("{host: db.example.com, user: me, password: db, tls: verify-ca}", "verify-full alone"),
        ("{host: 'db.example.com:5432', user: me, password: db}", "without port or scheme"),
        ("{host: db.example.com, user: me, password: db, port: 0}", "must be at least 1"),
        ("{dsn: db, timeout: 1s}", "longer than timeout"),
    ],
)
def test_production_databases_are_reached_safely(new: str, words: str) -> None:
    (found,) = problems(small("{host: db.example.com, user: me, password: db}", new))
    assert ": workspaces.shop.databases.main.environments.production" in found
    assert words in found


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "'::1'", "/run/postgresql"])
def test_a_database_on_this_machine_needs_neither_tls_nor_password(host: str) -> None:
    new = f"{{host: {host}, user: me, tls: disable}}"
    assert problems(small("{host: db.example.com, user: me, password: db}", new)) == []


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        ("{target: {above: 1}, warning: {above: 2}}", "looks the other way than target"),
        ("{target: {below: 3}, warning: {above: 2}}", "comes before target"),
        ("{target: {above: 98}, warning: {below: 99}}", "comes before target"),
        ("{warning: {above: 2, below: 1}}", "above is given as well"),
        ("{warning: {for: 5m}}", "one of above, at_least, below, at_most is needed"),
        ("{warning: {above: 2, clear_at: 3}}", "it would clear while it fires"),
        ("{target: {below: 1, for: 5m}}", "unknown setting"),
        ("{warnin: {above: 2}}", "did you mean warning?"),
    ],
)
def test_bands_agree_with_each_other(bands: str, words: str) -> None:
    text = SMALL[: SMALL.index("        bands:\n")] + f"        bands: {bands}\n"
    found = problems(text)
    assert len(found) == 1
    assert words in found[0]


def test_bands_may_meet_and_may_count_downwards() -> None:
    head = SMALL[: SMALL.index("        bands:\n")]
    assert problems(head + "        bands: {target: {below: 80}, warning: {above: 80}}\n") == []
    down = "{target: {above: 98}, warning: {below: 95, clear_at: 96}, critical: {below: 90}}"
    assert problems(f"{head}        bands: {down}\n") == []


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("statistic: ratio", "a ratio needs of"),
        ("of: [{check: api/health, metric: up}]", "only a ratio has it"),
        ("minimum_attempts: 5", "only a ratio has it"),
        ("span: [5, 5]", "the first end is the smaller one"),
        ("{statistic: average, window: 5s}", "shorter than the check's own interval"),
        ("from: [{metric: up}]", "one of check, database, deploys, system is needed"),
        ("from: [{database: main, metric: nothing}]", "no such metric there"),
        ("from: [{database: mian, metric: blocked}]", "did you mean main?"),
        ("from: [{deploys: api, metric: blocked}]", "no such metric there"),
        ("from: [{deploys: ap, metric: running}]", "did you mean api?"),
        ("from: []", "at least 1 expected"),
    ],
)
def test_kpis_are_made_of_what_is_read(new: str, words: str) -> None:
    given = new.strip("{}") if not new.startswith(("from", "of")) else new
    base = "title: K, environment: production"
    source = "" if new.startswith("from") else ", from: [{check: api/health, metric: up}]"
    text = small("    kpis:\n", f"    kpis:\n      k: {{{base}{source}, {given}}}\n")
    found = problems(text)
    assert len(found) == 1
    assert words in found[0]


def test_keys_are_held_to_the_commands() -> None:
    assert (
        problems(small("version: 1\n", "version: 1\nkeys: {refresh: f5, quit: 'f10, ctrl+x'}\n"))
        == []
    )
    found = problems(small("version: 1\n", "version: 1\nkeys: {refesh: r, quit: ctrl+c+z}\n"))
    assert found[0] == "2:8: keys.refesh: no command has this id — did you mean `refresh`?"
    assert found[1].startswith("2:19: keys.quit: `ctrl+c+z` is no key")


@pytest.mark.parametrize("command", ["[./give]", "[bin/give]", "['']"])
def test_a_command_does_not_depend_on_the_current_folder(command: str) -> None:
    (found,) = problems(small("{env: TOKEN}", f"{{command: {command}}}"))
    assert "secrets.token.command[0]: name the program alone" in found


def test_problems_past_the_limit_are_counted_out() -> None:
    text = SMALL + "".join(f"unknown{n}: 1\n" for n in range(MOST + 50))
    found = problems(text)
    assert len(found) == MOST + 1
    assert found[-1].endswith("and more problems from here on")


def test_a_file_is_loaded_with_the_place_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(SMALL)
    loaded = read(path)
    assert loaded.config == load(path) == config(SMALL)
    place = loaded.place("workspaces", "shop", "kpis", "errors", "from", 0, "metric")
    assert (place.line, place.column) == (42, 44)
    found = loaded.problem(("keys", "refresh"), "no such command", "refresh_all")
    assert str(found) == f"{path}:1:1: keys.refresh: no such command — did you mean refresh_all?"


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "nul"])
def test_what_is_no_file_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("a\0b" if kind == "nul" else "config.yaml")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(ConfigError) as refused:
        load(path)
    (found,) = refused.value.problems
    assert found.reason in {
        "no such file or directory",
        "not a regular file",
        "not the name of a file",
    }


def test_a_file_that_everybody_may_write_runs_no_command(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(small("{env: TOKEN}", "{command: [pass, show, token]}"))
    path.chmod(0o644)
    assert load(path).secrets["token"].command == ("pass", "show", "token")
    path.chmod(0o666)
    with pytest.raises(ConfigError, match=r"3:10: secrets\.token: everybody may write this file"):
        load(path)


def test_messages_repeat_nothing_that_acts_on_a_terminal() -> None:
    (found,) = check(small("title: Shop\n", 'title: Shop\n    "a\\tb\\nc": 1\n'), "f\x1b[31m")
    assert str(found).isprintable()
    assert "\x1b" not in str(found)
