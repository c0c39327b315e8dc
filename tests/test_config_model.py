"""What the wiring asks of the model, and the rules that stand for themselves."""

import pytest

from providers.secrets import CommandRef, CredentialRef, EnvRef, FileRef, KeyringRef, SecretRef
from tests.config_texts import config, problems, small
from tui.config.model import Account, Goal, SecretSource


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ("{env: TOKEN}", EnvRef(name="TOKEN")),
        ("{file: ~/secret}", FileRef(path="~/secret")),
        ("{command: [pass, show, a]}", CommandRef(argv=("pass", "show", "a"))),
        ("{keyring: {name: a}}", KeyringRef(service="quarterdeck", name="a")),
        ("{keyring: {service: s, name: a}}", KeyringRef(service="s", name="a")),
        ("{credential: a}", CredentialRef(name="a")),
    ],
)
def test_a_secret_is_a_reference(written: str, ref: SecretRef) -> None:
    assert config(small("{env: TOKEN}", written)).secrets["token"].ref() == ref


def test_what_no_check_lets_through_raises() -> None:
    with pytest.raises(ValueError, match="a secret needs a source"):
        SecretSource().ref()
    with pytest.raises(ValueError, match="a limit needs a number"):
        _ = Goal().number


def test_an_account_knows_its_vendor_s_address() -> None:
    accounts = config(small()).accounts
    assert accounts["web"].url == "https://api.vercel.com"
    assert accounts["hub"].url == "https://api.github.com"
    assert accounts["box"].url == "https://api.render.com/v1"
    own = Account(kind="render", secret="a", base_url="https://render.example.com/v1/")
    assert own.url == "https://render.example.com/v1"


def test_nothing_of_it_changes_afterwards() -> None:
    loaded = config(small())
    with pytest.raises(ValueError, match="frozen"):
        loaded.version = 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("api.example.com", "not a URL"),
        ("ftp://api.example.com", "not a URL"),
        ("https://", "not a URL"),
        ("https://api.example.com:99999", "not a URL"),
        ("https://api.exämple.com", "not a URL"),
        ("https://api.example.com/a b", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://a@evil.example.com", "no user or password"),
        ("https://api.example.com/?a=1", "no query"),
        ("https://api.example.com/#a", "no #fragment"),
    ],
)
def test_urls_lead_where_they_seem_to(url: str, words: str) -> None:
    (found,) = problems(small("https://api.example.com", f'"{url}"'))
    assert ": workspaces.shop.services.api.environments.production.url: " in found
    assert words in found


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "https://[::1]:8443", "https://a.b./x/"])
def test_urls_of_all_ordinary_kinds_are_taken(url: str) -> None:
    assert problems(small("https://api.example.com", f'"{url}"')) == []


@pytest.mark.parametrize("where", ["1.1.1.1", "host:0", "host:65536", "a b:1", ":443", "host:٣"])
def test_connectivity_needs_hosts_with_ports(where: str) -> None:
    text = f'version: 1\nsettings: {{connectivity: {{targets: ["{where}"]}}}}\n'
    (found,) = problems(small("version: 1\n", text))
    assert "not an address" in found
    assert "settings.connectivity.targets[0]" in found


@pytest.mark.parametrize("where", ["1.1.1.1:443", "dns.example.com:53", "[::1]:22"])
def test_connectivity_takes_names_and_addresses(where: str) -> None:
    text = f'version: 1\nsettings: {{connectivity: {{targets: ["{where}"]}}}}\n'
    assert problems(small("version: 1\n", text)) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "version: 1\n",
            "version: 1\nsettings: {default_environment: prod}\n",
            "settings.default_environment: no such environment; known: production, staging",
        ),
        (
            "    services:\n",
            "    status_pages:\n      a: {title: A, url: https://a.com}\n"
            "      b: {title: B, url: https://a.com/}\n    services:\n",
            "status_pages.b.url: the same page as a",
        ),
        (
            "    services:\n",
            "    documents: [{title: D}]\n    services:\n",
            "documents[0]: one of path, url is needed",
        ),
        (
            "{label: SEV2, title: Worse",
            "{label: SEV1, title: Worse",
            "severities[1].label: given twice",
        ),
        (
            "        title: Database\n",
            "        title: Database\n        long_query: 10m\n",
            "databases.main.long_query_critical: shorter than long_query",
        ),
        (
            "from: [{check: api/health, metric: errors}]",
            "from: [{deploys: api, metric: nothing}]",
            "from[0].metric: no such metric there; known: running",
        ),
        (
            "metrics: [{name: errors, path: errors.total}]",
            "metrics: [{name: errors, path: errors.total, scale: 0}]",
            "scale: a factor of 0",
        ),
    ],
    ids=range(7),
)
def test_rules_of_the_workspace(old: str, new: str, words: str) -> None:
    found = problems(small(old, new))
    assert any(words in each for each in found), found


def test_a_kpi_of_a_database_or_of_deploys_stays_in_its_environment() -> None:
    base = "title: K, environment: staging"
    for source, words in (
        ("{database: main, metric: blocked}", "this database is not in staging"),
        ("{deploys: api, metric: running}", "the deploys of this service in staging are not read"),
    ):
        (found,) = problems(
            small("    kpis:\n", f"    kpis:\n      k: {{{base}, from: [{source}]}}\n")
        )
        assert words in found


def test_a_merge_takes_mappings_only() -> None:
    found = problems(small("          staging: {}\n", "          staging: {<<: [1]}\n"))
    assert found == [
        "32:21: workspaces.shop.services.api.environments.staging:"
        " << takes an alias of a mapping, or a list of such"
    ]


def test_a_key_shows_what_it_is() -> None:
    assert "U+200B" in problems(small("title: Shop\n", 'title: Shop\n    "a\\u200bb": 1\n'))[0]
