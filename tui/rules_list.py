"""`quarterdeck rules list` as text and as JSON. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitor.rule_list import RuleGroup, RuleLine, rules_of
from monitor.words import span_words
from tui.rules_ground import LIST_VERSION, Ground
from tui.status_values import Json

_NAME: Final = 9


def list_lines(ground: Ground) -> Iterator[str]:
    """Every rule, under what it is about."""
    for workspace in ground.workspaces:
        groups = rules_of(workspace, ground.sources)
        yield f"{workspace.title}: {_counted(groups)}"
        for group in groups:
            yield ""
            yield f"  {group.title}  {group.key}  {group.environment}  {group.made}".rstrip()
            if group.mark:
                yield f"    {group.mark}: no alert is set"
            for rule in group.rules:
                yield f"    {rule.name:<{_NAME}} {'  '.join(_parts(rule, group.unit))}"


def _counted(groups: Sequence[RuleGroup]) -> str:
    firing = sum(bool(rule.alert) for group in groups for rule in group.rules)
    quiet = sum(bool(group.mark) for group in groups)
    return f"{firing} rules that fire, {quiet} numbers without an alert"


def _parts(rule: RuleLine, unit: str) -> Iterator[str]:
    yield rule.fires
    if rule.clears is not None:
        yield f"clears after {rule.clears.words(unit)}"
    if rule.severity or rule.response:
        within = f"respond within {rule.response}" if rule.response else ""
        yield f"{rule.severity} {within}".strip()
    if rule.detected_s is not None:
        yield f"noticed within {span_words(rule.detected_s)}"
    if rule.runbook:
        yield f"runbook {rule.runbook}"
    if rule.note:
        yield rule.note


def list_document(ground: Ground) -> dict[str, Json]:
    """The same as JSON."""
    return {
        "version": LIST_VERSION,
        "workspaces": {
            workspace.name: [_group_json(one) for one in rules_of(workspace, ground.sources)]
            for workspace in ground.workspaces
        },
    }


def _group_json(group: RuleGroup) -> dict[str, Json]:
    return {
        "key": group.key,
        "title": group.title,
        "environment": group.environment,
        "unit": group.unit,
        "number": group.made,
        "window_s": group.window_s,
        "minimum_attempts": group.minimum,
        "grouped_by": group.grouped,
        "alerts": not group.mark,
        "mark": group.mark,
        "rules": [_rule_json(one) for one in group.rules],
    }


def _rule_json(rule: RuleLine) -> dict[str, Json]:
    clears = rule.clears
    return {
        "kind": rule.kind,
        "name": rule.name,
        "alert": rule.alert,
        "level": rule.level.word,
        "fires": rule.fires,
        "comparison": rule.comparison,
        "limit": rule.limit,
        "limit_included": rule.comparison in {">=", "<="} if rule.comparison else None,
        "for_s": rule.for_s,
        "in_a_row": rule.in_a_row,
        "clears": None
        if clears is None
        else {
            "limit": clears.limit,
            "for_s": clears.for_s,
            "in_a_row": clears.in_a_row,
            "keep_firing_s": clears.keep_firing_s,
        },
        "severity": rule.severity,
        "response": rule.response,
        "runbook": rule.runbook,
        "detected_within_s": rule.detected_s,
        "note": rule.note,
    }
