"""From the configuration to the verbs at vendors: which there are, where they act, and as whom."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from actions.families import Catalogue, Family
from actions.vendors.calendar_event import CalendarSpot
from actions.vendors.cards import CARDS
from actions.vendors.spots import Spot, Spots
from actions.verbs import Unplannable
from providers.google_action_token import EVENTS
from providers.google_token import SCOPES, Tokens
from providers.readings import SourceId
from providers.text import Foreign
from tests.fakes import ManualClock
from tui.config.content import Content
from tui.config.kept import keep, kept
from tui.config.load import check, parse
from tui.config.model import Config
from tui.config.model_actions_pagerduty import PagerDutyActions
from tui.wire_clients import action_apis, clients
from tui.wire_verbs_vendors import acting, families

TEXT = """\
version: 1
settings: {operator: dana}
secrets: {s: {env: SOME_SECRET}, w: {env: WRITING_SECRET}}
accounts:
  pay: {kind: stripe, secret: s, action_secret: w}
  cal: {kind: google, secret: s, action_secret: w}
  pager: {kind: pagerduty, secret: s}
  errors: {kind: sentry, secret: s}
  chat: {kind: slack, secret: s}
workspaces:
  w:
    title: W
    environments: {production: {label: PROD, production: true}, staging: {label: STG}}
    actions: {pagerduty: {from: on-call@lma.com, people: {dana: dana@lma.com}}}
    systems:
      stripe:
        main: {account: pay, environment: production}
        test: {account: pay, environment: staging}
      google_calendar: {main: {account: cal, calendars: [a@x.com, b@x.com]}}
      pagerduty: {main: {account: pager}}
      sentry: {main: {account: errors, organization: lma}}
      slack: {main: {account: chat, channel: C0INCIDENTS}}
"""


def made(text: str = TEXT) -> tuple[Config, list[Family]]:
    config = parse(text.encode(), "config.yaml").config
    clock = ManualClock()
    shared = clients(config, clock)
    return config, families(config, action_apis(config, shared, clock), shared, clock)


def spots_of(found: list[Family]) -> Mapping[str, Spot]:
    spots: dict[str, Spot] = {}
    for family in found:
        known = family.spots  # type: ignore[attr-defined]  # every family here has them
        assert isinstance(known, Spots)
        spots |= {str(spot.source): spot for spot in known}
    return spots


def test_every_card_has_its_verb() -> None:
    _, found = made()
    catalogue = Catalogue(found)
    assert set(catalogue.cards) == {card.name for card in CARDS}
    assert {card.key for card in CARDS} == {"", "A", "P"}
    named = [one.name for card in CARDS for one in card.parameters]
    assert all("_" not in name for name in named)


def test_what_is_not_configured_is_not_offered() -> None:
    text, _, _ = TEXT.partition("    systems:")
    _, found = made(text)
    assert found == []


def test_the_strictest_environment_holds_for_what_belongs_to_none() -> None:
    _, found = made()
    places = {name: (one.environment, one.production) for name, one in spots_of(found).items()}
    assert places == {
        "w/production/stripe/main": ("production", True),
        "w/staging/stripe/test": ("staging", False),
        "w/-/google_calendar/main": ("", True),
        "w/-/pagerduty/main": ("", True),
        "w/-/sentry/main": ("", True),
        "w/-/slack/main": ("", True),
    }


def test_actions_have_a_secret_of_their_own() -> None:
    config, _ = made()
    clock = ManualClock()
    shared = clients(config, clock)
    acting = action_apis(config, shared, clock)
    assert acting["pay"] is not shared.apis["pay"]
    assert acting["chat"] is shared.apis["chat"]
    reads, writes = shared.apis["cal"].credential, acting["cal"].credential
    assert isinstance(reads, Tokens)
    assert isinstance(writes, Tokens)
    assert EVENTS not in SCOPES


ALL = {"from": "all@lma.com"}
ACTING = [
    ({}, "dana", ""),
    ({}, "dana@lma.com", "dana@lma.com"),
    (ALL, "dana", "all@lma.com"),
    ({**ALL, "people": {"dana": "d@lma.com"}}, "dana", "d@lma.com"),
]


@pytest.mark.parametrize(("settings", "operator", "sender"), ACTING)
def test_who_acts(settings: Any, operator: str, sender: str) -> None:
    assert acting(PagerDutyActions.model_validate(settings), operator) == sender


def test_a_configuration_that_was_kept_gives_the_same(tmp_path: Path) -> None:
    found = Content(raw=TEXT.encode(), writable_by_all=False)
    config, judged = made()
    keep(tmp_path, found, config)
    again = kept(tmp_path, found)
    assert again is not None
    clock = ManualClock()
    shared = clients(again, clock)
    remade = spots_of(families(again, action_apis(again, shared, clock), shared, clock))

    def told(spots: Mapping[str, Spot]) -> list[list[object]]:
        left_out = {"api", "clock"}
        return [
            [getattr(one, each) for each in one.__struct_fields__ if each not in left_out]
            for one in spots.values()
        ]

    assert told(remade) == told(spots_of(judged))


@pytest.mark.parametrize(
    "wrong", ["dana", "a@b", "a b@x.com", "a@x.com\\nX: y", "ä@x.com", "@x.com"]
)
def test_a_sender_is_an_address(wrong: str) -> None:
    text = TEXT.replace("from: on-call@lma.com", f'from: "{wrong}"')
    assert "e-mail address" in "\n".join(str(one) for one in check(text, "config.yaml"))


def test_a_target_of_a_system_that_moved_or_went_is_refused() -> None:
    _, found = made()
    (spot,) = (one for one in spots_of(found).values() if isinstance(one, CalendarSpot))
    spots: Spots[Spot] = Spots((spot,), "Google Calendar")
    target = spot.target("event", "a@x.com/e1", Foreign("e"), "e1")
    assert spots.of(target) == (spot, "a@x.com/e1")
    for other in (
        replace(target, environment="production"),
        replace(target, workspace="v"),
        replace(target, identity="other/a@x.com/e1"),
        replace(target, identity="main/"),
    ):
        with pytest.raises(Unplannable):
            spots.of(other)


def test_a_part_of_a_system_belongs_to_it() -> None:
    _, found = made()
    spot = spots_of(found)["w/production/stripe/main"]
    spots: Spots[Spot] = Spots((spot,), "Stripe")
    assert list(spots.in_reach("w", "")) == [spot]
    assert list(spots.in_reach("w", "production")) == [spot]
    assert list(spots.in_reach("w", "staging")) == []
    assert list(spots.in_reach("v", "production")) == []
    assert spots.behind(object()) is None
    assert spot.source == SourceId("w/production/stripe/main")


def test_nobody_is_asked_while_they_are_made() -> None:
    _, found = made()
    asyncio.run(_close(found))
    assert all(spot.api.sent_within(3_600) == 0 for spot in spots_of(found).values())


async def _close(found: list[Family]) -> None:
    for spot in spots_of(found).values():
        await spot.api.aclose()
