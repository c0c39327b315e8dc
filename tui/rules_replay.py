"""`quarterdeck rules test`: the recorded past under these thresholds, and under others."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from monitor.history_store import Store
from monitor.replay_episodes import differences
from monitor.replay_reader import (
    Asked,
    Known,
    NoHistory,
    Told,
    extent_of,
    grain,
    opened,
    replay,
    witnesses,
)
from monitor.replay_recorded import recorded
from providers.clock import SystemClock
from tui.chosen import chosen_file
from tui.config.problems import ConfigError
from tui.config.suggest import listed, nearest
from tui.options import Options
from tui.rules_edit import NoSuchSetting, edited
from tui.rules_ground import Ground, ground, loaded, no_history, past_file
from tui.rules_report import Report
from tui.rules_times import span_given

if TYPE_CHECKING:
    from tui.config.load import Loaded
    from tui.config.model import Config


_OFTEN_S: Final = 0.3
_SELDOM_S: Final = 5.0


class Wish(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    since: str | None
    from_: str | None
    to: str | None
    workspace: str | None
    only: tuple[str, ...]
    against: Path | None
    sets: tuple[str, ...]
    history: Path | None

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Wish:
        """Of what click collected."""
        return cls(**given)  # type: ignore[arg-type]  # click has made the types


def tested(options: Options, wish: Wish) -> Report:
    """Replay what the command line asks for.

    Raises:
        click.UsageError: It makes no sense.
        SystemExit: A configuration is not sound, or there is no history; that has been told.
    """
    only = wish.workspace or options.workspace
    base = loaded(chosen_file(options))
    changed = _changed(base, wish, only)
    mine = ground(base.config, only)
    theirs = None if changed is None else ground(changed, only)
    _check_names(wish.only, (mine,) if theirs is None else (mine, theirs))
    now = SystemClock().now().at
    start, end = span_given(wish.since, wish.from_, wish.to, now)
    try:
        with opened(past_file(wish.history), mine.keep) as store:
            return _report(store, mine, theirs, wish, start, min(end, now))
    except NoHistory as error:
        raise no_history(str(error)) from None


def _changed(base: Loaded, wish: Wish, only: str | None) -> Config | None:
    """The other configuration; None when there is none."""
    other = base if wish.against is None else loaded(wish.against)
    if not wish.sets:
        return None if wish.against is None else other.config
    try:
        return edited(other, wish.sets, only)
    except NoSuchSetting as error:
        raise click.UsageError(str(error)) from None
    except ConfigError as error:
        # Where it would stand in a file that nobody wrote is of no use.
        words = "; ".join(str(each).partition(": ")[2] for each in error.problems)
        raise click.UsageError(f"--set: {words}") from None


def _check_names(wanted: tuple[str, ...], grounds: tuple[Ground, ...]) -> None:
    specs = [spec for each in grounds for spec in each.workspaces]
    pairs = [(spec.name, one.key) for spec in specs for one in spec.kpis]
    pairs += [(spec.name, one.key) for spec in specs for one in spec.rows]
    known = {key for _, key in pairs}
    for name in wanted:
        if name not in known and tuple(name.split(":", 1)) not in pairs:
            hint = nearest(name, known)
            meant = f"did you mean {hint}?" if hint else f"there are: {listed(sorted(known))}"
            raise click.UsageError(f"no KPI or check {name!r}; {meant}")


def _report(
    store: Store, mine: Ground, theirs: Ground | None, wish: Wish, start: datetime, end: datetime
) -> Report:
    newest_ms = min(extent_of(store)[1], _ms(SystemClock().now().at))
    to_ms = min(_ms(end), newest_ms)
    asked = _asked(mine, wish, _ms(start), to_ms, newest_ms)
    seen = witnesses(store, asked)
    known: Known = {}
    progress = Progress()
    before = replay(store, asked, seen, progress.tell, known)
    after: Told | None = None
    if theirs is not None:
        other = _asked(theirs, wish, _ms(start), to_ms, newest_ms)
        after = replay(store, other, seen, progress.tell, known)
    progress.end()
    covered = min(end, _at(to_ms))
    return Report(
        start=start,
        end=covered,
        asked_end=end,
        grain=grain(store, asked, seen),
        before=before,
        after=after,
        differences=() if after is None else differences(before.rules, after.rules, covered),
        recorded=recorded(store, before.rules, start, covered),
        changed=", ".join([*([] if wish.against is None else [str(wish.against)]), *wish.sets]),
    )


def _asked(of: Ground, wish: Wish, from_ms: int, to_ms: int, newest_ms: int) -> Asked:
    return Asked(
        workspaces=of.workspaces,
        sources=of.sources,
        from_ms=from_ms,
        to_ms=to_ms,
        newest_ms=newest_ms,
        only=frozenset(wish.only),
    )


class Progress:
    """Says on stderr what is being replayed, once that takes long."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._told_s = self._clock.now().tick_s
        self._count = 0
        self._said = False
        self._terminal = sys.stderr.isatty()

    def tell(self, title: str) -> None:
        """The next one is begun."""
        self._count += 1
        now_s = self._clock.now().tick_s
        if now_s - self._told_s < (_OFTEN_S if self._terminal else _SELDOM_S):
            return
        self._told_s, self._said = now_s, True
        words = f"replaying, {self._count}: {title}"
        click.echo(f"\r\x1b[K{words}" if self._terminal else words, err=True, nl=not self._terminal)

    def end(self) -> None:
        """Nothing is left on the line."""
        if self._said and self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
