"""A plan, what the guard says of it and what became of it: as lines, and as JSON. Pure.

Texts of others are `Foreign` and drawn in one line each; whatever they hold, they begin no line.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.door_state import DoorState, Wanted
from actions.families import Card, Parameter
from actions.guard_values import Ask, Decision, Precondition, Standing, Verdict
from actions.plan import Effect, HttpStep, Plan, SqlStep, Step, Undo, plan_json
from actions.running import Proposal, Running
from actions.verbs import Outcome
from actions.watch import Watched
from monitor.words import age_words, duration_words, noun, number_words
from providers.clock import Moment
from providers.text import Foreign
from tui.parting import looks_again
from tui.status_values import Json, moment_text, time_text

_LONGEST: Final = 4_000
"""Of one line: what is sent is shown whole."""

_SIGNS: Final = {
    Standing.MET: "✓",
    Standing.WARN: "▲",
    Standing.BLOCK: "■",
    Standing.UNKNOWN: "?",
}

_ASKS: Final = {
    Ask.LEASE: "the environment to be armed (run arms it)",
    Ask.REASON: "a reason (--reason)",
    Ask.NAME: "the name typed (--confirm)",
    Ask.APPROVAL: "a second person to agree (quarterdeck action approve)",
}


def plan_lines(plan: Plan, preconditions: tuple[Precondition, ...], now: Moment) -> Iterator[str]:
    """Everything that the dialog shows."""
    target = plan.target
    place = f"{target.place}{' PRODUCTION' if target.production else ''}".strip()
    yield f"{plan.title}: {target.name.line(80)} in {place}"
    yield f"  target      {_line(target.identity)}"
    yield f"  danger      {plan.danger.value}"
    yield from (f"  {name:11} {_line(value)}" for name, value in plan.parameters)
    yield from _listed(
        "changes", [_change(one.field, one.before, one.after) for one in plan.changes]
    )
    yield from _listed("sends", [_step(one) for one in plan.steps])
    yield from _listed("hits", [_effect(one) for one in plan.effects])
    yield from _listed("besides", [_line(one) for one in plan.side_effects])
    yield from _listed("left behind", [_line(one.words) for one in plan.remains])
    if plan.counts_down_s:
        yield f"  still works {_line(plan.counts_down)}, {duration_words(plan.counts_down_s)}"
    yield f"  undo        {_undo(plan.undo, plan.no_undo)}"
    yield from _listed("needs", [_line(one) for one in plan.needs])
    if plan.takes_s is not None:
        yield f"  takes       about {duration_words(plan.takes_s)}"
    yield from (_precondition(one, now) for one in preconditions)
    yield f"  fingerprint {plan.fingerprint}"


def decision_lines(decision: Decision, name: str) -> Iterator[str]:
    """What the guard says."""
    for warning in decision.warnings:
        # Preconditions stand with the plan already.
        if warning.code.startswith("warns:"):
            continue
        yield f"  ▲ {_line(warning.words)}"
    for reason in decision.reasons:
        yield f"  ■ {_line(reason.words)}"
    if decision.verdict is Verdict.REFUSE:
        yield "refused: nothing can be sent"
        return
    for ask in decision.asks:
        yield f"  asks for {_ASKS[ask]}"
    yield f"can be confirmed with --confirm {name}"


def outcome_lines(running: Running) -> Iterator[str]:
    """What became of it."""
    outcome = running.outcome.value if running.outcome is not None else "under way"
    yield f"{outcome}: {_line(running.words)}"
    for reason in running.because:
        yield f"  ■ {_line(reason.words)}"
    if running.outcome is Outcome.UNKNOWN:
        yield f"  look again: {looks_again(running)}"
    if running.undo is not None:
        yield f"  undo: {_undo(running.undo, '')}"


def card_lines(cards: Mapping[str, Card]) -> Iterator[str]:
    """What can be done, by group."""
    if not cards:
        yield "nothing: the configuration names nothing that an action could change"
    group = None
    for card in sorted(cards.values(), key=lambda card: card.group):
        if card.group != group:
            group = card.group
            yield group or "Other"
        yield f"  {card.name:22} {card.title}, {card.danger.value}; TARGET: {card.target_words}"
        for one in card.parameters:
            yield f"      --set {one.name}={_accepts(one)}"


def place_lines(places: Mapping[str, str]) -> Iterator[str]:
    """Where something may be changed."""
    for place, refused in places.items():
        yield f"{place}: {refused or 'may be armed'}"


def wanted_lines(wanted: tuple[Wanted, ...]) -> Iterator[str]:
    """Plans that wait for a second person."""
    if not wanted:
        yield "nothing: nobody asks a second person to agree"
    for one in wanted:
        target = one.plan.target
        what = f"{one.plan.title}: {target.name.line(60)} in {target.place}"
        yield f"{one.fingerprint[:16]}  {time_text(one.at)}  {one.who}  {what}"


def open_lines(state: DoorState) -> Iterator[str]:
    """What was left behind and what nobody knows the end of, by the id of its action."""
    if not state.left and not state.unsettled:
        yield "nothing: nothing is left behind, and of every action it is known how it ended"
    for left in state.left:
        words = f"left behind: {left.remaining.words}, put right by {left.remaining.undo.words}"
        yield f"{left.request}  {time_text(left.since)}  {left.who}  {_line(words)}"
    for one in state.unsettled:
        words = f"unknown: {one.title} {one.target_name}, {one.words}"
        yield f"{one.request}  {time_text(one.since)}  {one.who}  {_line(words)}"


def card_json(card: Card) -> Json:
    """A verb as JSON."""
    return {
        "name": card.name,
        "title": card.title,
        "group": card.group,
        "key": card.key,
        "danger": card.danger.value,
        "target": card.target_words,
        "parameters": [
            {
                "name": one.name,
                "title": one.title,
                "kind": one.kind.value,
                "choices": [choice.value for choice in one.choices],
                "default": one.default,
                "required": one.required,
                "hint": one.hint,
            }
            for one in card.parameters
        ],
    }


def proposal_json(proposal: Proposal) -> dict[str, Json]:
    """A plan and what the guard says of it, as JSON."""
    decision = proposal.decision
    return {
        "plan": _plan_json(proposal.plan),
        "preconditions": [
            {
                "name": one.name,
                "standing": one.standing.value,
                "words": one.words,
                "checked": moment_text(one.checked),
            }
            for one in proposal.preconditions
        ],
        "verdict": decision.verdict.value,
        "asks": [one.value for one in decision.asks],
        "reasons": [{"code": one.code, "words": one.words} for one in decision.reasons],
        "warnings": [{"code": one.code, "words": one.words} for one in decision.warnings],
        "confirm": proposal.plan.target.short_name,
    }


def running_json(running: Running) -> dict[str, Json]:
    """What became of an action, as JSON."""
    return {
        "id": running.id,
        "outcome": None if running.outcome is None else running.outcome.value,
        "words": running.words,
        "intent": running.intent,
        "recorded": running.recorded,
        "reasons": [{"code": one.code, "words": one.words} for one in running.because],
        "watch": None if running.watch is None else _watch_json(running.watch),
        "undo": None if running.undo is None else running.undo.words,
        "log": [{"at": moment_text(one.at), "words": one.words} for one in running.log],
    }


def _watch_json(watch: Watched) -> Json:
    return {
        "verdict": None if watch.verdict is None else watch.verdict.value,
        "words": watch.words,
        "until": time_text(watch.until),
    }


def _plan_json(plan: Plan) -> Json:
    return json_value(plan_json(plan))


def json_value(value: object) -> Json:
    """A value that msgspec made plain, with its texts made safe to draw."""
    if isinstance(value, str):
        return Foreign(value).text
    if isinstance(value, Mapping):
        if value.keys() == {"text"}:
            # A text of others.
            return json_value(value["text"])
        return {Foreign(str(key)).text: json_value(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(each) for each in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise TypeError(f"no JSON: {type(value).__name__}")


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"  {title if number == 0 else '':11} {line}"


def _change(field: str, before: Foreign, after: Foreign) -> str:
    return f"{_line(field)}: {before.line(80) or '—'} → {after.line(80) or '—'}"


def _step(step: Step) -> str:
    if isinstance(step, HttpStep):
        headers = "".join(f" · {name}: {value}" for name, value in step.headers)
        return _line(f"{step.method} {step.url} {step.body}".rstrip() + headers)
    if isinstance(step, SqlStep):
        rows = (
            "" if step.rows is None else f" · exactly {step.rows} {noun(step.rows, 'row', 'rows')}"
        )
        given = f" · {', '.join(step.parameters)}" if step.parameters else ""
        return _line(f"{step.database}: {step.statement}{given}{rows}")
    return _line(" ".join(step.argv))


def _effect(effect: Effect) -> str:
    if effect.number is None:
        return _line(f"{effect.words}: not known, {effect.reason}")
    return _line(f"{number_words(effect.number, effect.unit)} {effect.words}")


def _undo(undo: Undo | None, no_undo: str) -> str:
    if undo is None:
        return _line(no_undo or "none")
    return _line(f"{undo.words} ({undo.verb})")


def _precondition(one: Precondition, now: Moment) -> str:
    return f"  {_SIGNS[one.standing]} {_line(one.words)}, looked at {age_words(one.age_s(now))}"


def _accepts(one: Parameter) -> str:
    choices = "|".join(choice.value for choice in one.choices)
    told = [one.title, one.hint, f"default {one.default}" if one.default else ""]
    told += ["required" if one.required else ""]
    words = ", ".join(each for each in told if each)
    return f"{choices or one.kind.value.upper()}  {words}"


def _line(text: str) -> str:
    return Foreign(text).line(_LONGEST)
