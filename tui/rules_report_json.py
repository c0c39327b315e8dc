"""What `quarterdeck rules test` found, as JSON. Pure."""

from datetime import datetime

from monitor.replay_episodes import Difference, Episode, Replayed
from monitor.replay_recorded import Recorded
from tui.rules_ground import LIST_VERSION
from tui.rules_report import Report
from tui.status_values import Json, time_text


def report_document(report: Report) -> dict[str, Json]:
    """All of it; lists are complete."""
    grain = report.grain
    told = report.shown
    return {
        "version": LIST_VERSION,
        "from": time_text(report.start),
        "to": time_text(report.asked_end),
        "recorded": {
            "since": None if grain.since is None else time_text(grain.since),
            "until": time_text(report.end),
            "seconds": round(grain.seen_s),
            "single_readings_since": _time(grain.readings_since),
            "minutes_since": _time(grain.minutes_since),
            "gaps": [{"from": time_text(a), "to": time_text(b)} for a, b in grain.gaps],
        },
        "changed": report.changed or None,
        "differs": None if report.after is None else report.speaks,
        "rules": [_rule(one, report.end) for one in told.rules],
        "differences": [_difference(one, report.end) for one in report.differences if not one.same],
        "told_at_the_time": [_recorded(one, report.end) for one in report.recorded],
        "not_replayed": [{"title": title, "why": why} for title, why in told.left_out],
        "never_fire": list(told.target_only),
    }


def _time(at: datetime | None) -> Json:
    return None if at is None else time_text(at)


def _rule(one: Replayed, end: datetime) -> dict[str, Json]:
    rule = one.rule
    return {
        "workspace": rule.workspace,
        "rule": f"{rule.subject}.{rule.part}",
        "alert": rule.alert,
        "title": rule.title,
        "level": rule.level.word,
        "severity": rule.severity,
        "unit": rule.unit,
        "readings": one.readings,
        "fired": len(one.episodes),
        "seconds": round(one.seconds(end)),
        "episodes": [_episode(each, end) for each in one.episodes],
        "not_judged_s": round(one.skipped_s),
        "steps_with_peaks": one.peaks,
    }


def _episode(one: Episode, end: datetime) -> dict[str, Json]:
    return {
        "fired": time_text(one.fired),
        "onset": time_text(one.onset),
        "cleared": _time(one.until),
        "seconds": round(one.lasted_s(end)),
        "worst": one.worst,
        "grain_s": one.grain_s,
    }


def _difference(one: Difference, end: datetime) -> dict[str, Json]:
    return {
        "rule": f"{one.rule.subject}.{one.rule.part}",
        "workspace": one.rule.workspace,
        "now": None if one.before is None else _rule(one.before, end),
        "changed": None if one.after is None else _rule(one.after, end),
        "more": [_episode(each, end) for each in one.more],
        "fewer": [_episode(each, end) for each in one.fewer],
        "moved": [
            {"now": _episode(old, end), "changed": _episode(new, end)} for old, new in one.moved
        ],
    }


def _recorded(one: Recorded, end: datetime) -> dict[str, Json]:
    return {
        "alert": one.alert,
        "workspace": one.workspace,
        "told": [_episode(each, end) for each in one.told],
        "only_told": [_episode(each, end) for each in one.only_told],
        "only_replayed": [_episode(each, end) for each in one.only_replayed],
    }
