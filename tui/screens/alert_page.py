"""What the page of one alert says: what, since when, why perhaps, and what was then. Pure.

The order is that of somebody just woken: how bad and since when, what it follows from or what
changed just before, who has it. Rules, lines and earlier times stand below.
"""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from msgspec import Struct

from monitor.breach_lines import Breach, breach_words
from monitor.episodes import Episode, State, episode_words, episodes_of, flaps_of, strip
from monitor.explain import Ground
from monitor.snapshot import AlertView, WorkspaceView
from monitor.suspects import Suspect, Suspicion
from monitor.verdicts import Level, Phase
from monitor.words import clock_words, duration_words
from providers.clock import Moment
from tui.screens.alert_past import DAYS, AlertPast
from tui.screens.alert_rule import rule_lines, why_lines
from tui.screens.parts import heading, labelled, mark, muted, when
from widgets.care_fields import care_sentences
from widgets.cells import Cell, Line, Tone, fit, said
from widgets.glyphs import Glyphs
from widgets.log_fields import LEVEL_WORDS, TONES
from widgets.looks import steady
from widgets.state_strip import strip_legend, strip_line
from widgets.tones import level_tone

_BAR: Final = 20
_PROOF: Final = "correlation, not proof"

_STATES: Final = {
    Phase.OK: State.OK,
    Phase.PENDING: State.PENDING,
    Phase.FIRING: State.FIRING,
    Phase.RECOVERING: State.FIRING,
    Phase.FLAPPING: State.FLAPPING,
    Phase.UNKNOWN: State.UNKNOWN,
}


class Shown(Struct, frozen=True, kw_only=True):
    """Everything that the page of an alert is made of."""

    view: WorkspaceView
    alert: AlertView
    suspicion: Suspicion
    past: AlertPast | None
    """None while the history is being read."""

    now: Moment
    zone: tzinfo
    glyphs: Glyphs
    gone: bool = False
    """It has cleared since the page was opened."""

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The times it fired, oldest first."""
        return episodes_of(self.past.events) if self.past is not None else ()


def heading_line(shown: Shown) -> Line:
    """Severity, what, where, and for how long."""
    alert = shown.alert
    words = "cleared" if shown.gone else f"{alert.phase.value} for {_lasted(alert, shown.now)}"
    return (
        mark(alert.level, shown.glyphs),
        Cell(f" {alert.severity} ".replace("  ", " "), level_tone(alert.level), bold=True),
        Cell(alert.brief, Tone.TITLE, bold=True),
        Cell(f"  {alert.environment}  ", Tone.MUTED),
        Cell(words),
    )


def first_lines(shown: Shown) -> tuple[Line, ...]:
    """What must be seen in one look, above the chart."""
    return (
        _state_line(shown),
        *_cause_lines(shown),
        *_first_suspect(shown),
        _since_line(shown),
        *_who_lines(shown),
        *_strip_lines(shown),
    )


def rest_lines(shown: Shown) -> tuple[Line, ...]:
    """What stands below the chart and scrolls."""
    return (
        *_suspect_lines(shown),
        *_log_lines(shown),
        heading("Rule"),
        *rule_lines(shown.view, shown.alert),
        (),
        *_why_lines(shown),
        heading("Earlier"),
        _earlier_line(shown),
        *_follower_lines(shown),
    )


def _why_lines(shown: Shown) -> tuple[Line, ...]:
    """Its number against each band; nothing where it has none, or has cleared."""
    found = tuple(why_lines(shown.view, shown.alert, Ground(now=shown.now, zone=shown.zone)))
    return (heading("Why"), *found, ()) if found and not shown.gone else ()


def _state_line(shown: Shown) -> Line:
    alert = shown.alert
    phase = "cleared" if shown.gone else alert.phase.value
    progress = _progress(alert)
    return labelled(
        "state",
        Cell(shown.glyphs.verdict(alert.level, alert.phase), level_tone(alert.level)),
        Cell(f" {phase}: {alert.why}".removesuffix(": ")),
        *((Cell("   "), *progress) if progress else ()),
    )


def _progress(alert: AlertView) -> Line:
    """How far a waiting rule has come, as a bar and in words; empty for one that does not wait."""
    if alert.phase not in {Phase.PENDING, Phase.RECOVERING}:
        return ()
    if alert.required_s > 0:
        share = alert.elapsed_s / alert.required_s
        words = f"{duration_words(alert.elapsed_s)} of {duration_words(alert.required_s)}"
    elif alert.needed:
        share = alert.failures / alert.needed
        bad = "samples" if alert.kpi else "failures"
        words = f"{alert.failures} of {alert.needed} {bad} in a row"
    else:
        return ()
    filled = round(max(0.0, min(share, 1.0)) * _BAR)
    return (
        Cell("━" * filled, Tone.WARNING),
        Cell("─" * (_BAR - filled), Tone.MUTED),
        Cell(f" {words}"),
    )


def _cause_lines(shown: Shown) -> Iterator[Line]:
    """The alert it follows from; and the maintenance it falls into."""
    alert = shown.alert
    if alert.cause:
        cause = _alert_named(shown.view, alert.cause)
        words = alert.cause if cause is None else cause.brief
        sign = Cell("") if cause is None else mark(cause.level, shown.glyphs)
        since = "" if cause is None else f"   since {when(cause.began, shown.zone, shown.now)}"
        yield labelled(
            "follows from", sign, Cell(f" {words}", Tone.TITLE, bold=True), Cell(since, Tone.MUTED)
        )
    if alert.maintenance:
        yield labelled("maintenance", Cell(alert.maintenance, Tone.ACCENT))


def _first_suspect(shown: Shown) -> Iterator[Line]:
    if not shown.suspicion.suspects:
        yield labelled("suspect", Cell("no change is known in the hour before", Tone.MUTED))
        return
    first = shown.suspicion.suspects[0]
    yield labelled(
        "suspect", Cell(f"{first.change.kind.value} ", Tone.MUTED),
        Cell(first.change.words, Tone.TITLE, bold=True), _also(first),
    )  # fmt: skip
    yield labelled("", Cell(first.words, Tone.WARNING), Cell(f"; {_PROOF}", Tone.MUTED))


def _since_line(shown: Shown) -> Line:
    alert, now = shown.alert, shown.now
    parts = [when(alert.began, shown.zone, now)]
    if alert.fired is not None and alert.fired.at != alert.began:
        parts.append(f"fired {when(alert.fired.at, shown.zone, now)}")
    if alert.needed and alert.failures > 1:
        parts.append(f"{alert.failures} {'samples' if alert.kpi else 'failures'} in a row")
    if alert.changes:
        parts.append(f"{alert.changes} changes in the last {alert.checks} checks")
    if alert.group:
        parts.append(alert.group)
    return labelled("onset", Cell(parts[0]), *(Cell(f"   {one}", Tone.MUTED) for one in parts[1:]))


def _who_lines(shown: Shown) -> Iterator[Line]:
    """Who is at it, and how soon somebody must be."""
    sentences = care_sentences(shown.alert, shown.now)
    if shown.alert.care is None and not shown.gone and shown.alert.phase is Phase.FIRING:
        sentences = ("; ".join(("nobody yet", *sentences)),)
    for number, words in enumerate(sentences):
        yield labelled("" if number else "who", Cell(words))


def _strip_lines(shown: Shown) -> Iterator[Line]:
    if shown.past is None:
        yield labelled("last 24 h", Cell("being read…", Tone.MUTED))
        yield ()
        return
    current = State.OK if shown.gone else _STATES[shown.alert.phase]
    states = strip(
        shown.now.at, shown.episodes, shown.past.past_limit, current, flaps_of(shown.past.events)
    )
    yield labelled("last 24 h", *strip_line(states), Cell(" now", Tone.MUTED))
    yield labelled("", *strip_legend(states))


def _suspect_lines(shown: Shown) -> Iterator[Line]:
    found = shown.suspicion
    if not found.suspects and not found.later:
        return
    yield heading(f"Suspects   what changed in the hour before; {_PROOF}")
    for suspect in found.suspects:
        yield from _suspect(suspect, shown)
    if not found.suspects:
        yield muted("none")
    for change in found.later:
        after = duration_words((change.at - shown.alert.began).total_seconds())
        yield labelled("no suspect", Cell(f"{change.words}, {after} after the onset", Tone.MUTED))
    yield ()


def _suspect(suspect: Suspect, shown: Shown) -> Iterator[Line]:
    yield labelled(
        clock_words(suspect.change.at, shown.zone),
        Cell(f"{suspect.change.kind.value} ", Tone.MUTED),
        Cell(suspect.change.words),
        _also(suspect),
        Cell(f"   {suspect.words}"),
        Cell(f"   {suspect.reason}", Tone.MUTED),
    )


def _also(suspect: Suspect) -> Cell:
    """Where else the same went live."""
    return Cell(f" (and {suspect.also} more like it)" if suspect.also else "", Tone.MUTED)


def _log_lines(shown: Shown) -> Iterator[Line]:
    yield heading("Logs around the onset")
    if shown.past is None:
        yield muted("being read…")
    elif shown.past.breach is None:
        yield muted("no log line is kept: none is configured, or none has come yet")
    else:
        yield from _breach(shown.past.breach, shown)
    yield ()


def _breach(breach: Breach, shown: Shown) -> Iterator[Line]:
    yield muted(breach_words(breach))
    for logged in breach.lines:
        line = logged.line
        status = "" if line.status is None else f"{line.status} "
        yield (
            Cell(fit(clock_words(line.at, shown.zone), 10), Tone.MUTED),
            Cell(fit(LEVEL_WORDS[line.level], 6), TONES[line.level]),
            Cell(status),
            *((said(line.path, Tone.MUTED), Cell(" ")) if line.path else ()),
            said(line.text),
        )


def _earlier_line(shown: Shown) -> Line:
    if shown.past is None:
        return muted("being read…")
    return (Cell(episode_words(shown.episodes, shown.now.at, DAYS, shown.zone)),)


def _follower_lines(shown: Shown) -> Iterator[Line]:
    if not shown.alert.followers:
        return
    yield ()
    count = len(shown.alert.followers)
    yield heading(f"Follows from it   {count} alert{'' if count == 1 else 's'}")
    for key in shown.alert.followers:
        follower = _alert_named(shown.view, key)
        if follower is None:
            yield muted(key)
        else:
            sign = shown.glyphs.verdict(follower.level, follower.phase)
            tone = level_tone(follower.level) if follower.level is not Level.OK else Tone.MUTED
            lasted = _lasted(follower, shown.now)
            yield (
                Cell(f"{sign} {follower.severity:5} ", tone), Cell(follower.brief),
                Cell(f"   {follower.phase.value} for {lasted}", Tone.MUTED),
            )  # fmt: skip


def _lasted(alert: AlertView, now: Moment) -> str:
    """For how long, in steps: a page that is read must not tick."""
    return duration_words(steady((now.at - alert.began).total_seconds()))


def _alert_named(view: WorkspaceView, key: str) -> AlertView | None:
    return next((one for one in view.alerts if one.key == key), None)
