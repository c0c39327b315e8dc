"""Business numbers beside last week's, as records; pure. They are shown, never judged (A:258)."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from providers.errors import ProviderError
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign


class Figure(Struct, frozen=True, kw_only=True):
    """One number now and a week ago."""

    name: str
    title: str
    unit: str
    value: float | None = None
    last_week: float | None = None
    error: ProviderError | None = None
    """Why there is no number; None when there is one, or when it is null."""

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        unit: str,
        present: object,
        before: object,
        *,
        scale: float = 1.0,
    ) -> "Figure":
        """A figure from two values that came from outside; what is no finite number is None."""
        return cls(
            name=name,
            title=title,
            unit=unit,
            value=_scaled(present, scale),
            last_week=_scaled(before, scale),
        )

    @property
    def change_percent(self) -> float | None:
        """Against last week; None where one of them is missing, or last week was nothing."""
        if self.value is None or not self.last_week:
            return None
        change = 100.0 * (self.value - self.last_week) / abs(self.last_week)
        return change if math.isfinite(change) else None

    @property
    def reason(self) -> str:
        """Why there is no number; empty when there is one."""
        if self.value is not None:
            return ""
        return self.error.reason if self.error is not None else "no data: it is null"

    @property
    def no_comparison(self) -> str:
        """Why there is no number of last week; empty when there is one."""
        return "" if self.last_week is not None else self.reason or "last week is not told"

    @property
    def no_change(self) -> str:
        """Why there is no comparison; empty when there is one."""
        if self.change_percent is not None:
            return ""
        return self.no_comparison or "nothing last week to compare with"

    @property
    def words(self) -> str:
        """`Registrations 131 (+4 %)`."""
        change = self.change_percent
        beside = f" ({change:+.0f} %)" if change is not None else ""
        return f"{self.title} {amount_words(self.value, self.unit)}{beside}"


def _scaled(raw: object, scale: float) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    value = float(raw) * scale
    return value if math.isfinite(value) else None


def amount_words(value: float | None, unit: str) -> str:
    """`1,204 $`, `131`, `—`."""
    if value is None or not math.isfinite(value):
        return "—"
    digits = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"
    return digits if unit in {"", "count"} else f"{digits} {unit}"


def figure_record(figure: Figure) -> Record:
    """One number as a row."""
    change = figure.change_percent
    said = figure.error.detail if figure.error is not None else None
    return Record(
        id=figure.name,
        title=Foreign(figure.title),
        condition=Condition.FINE if figure.value is not None else Condition.UNKNOWN,
        state=Foreign(amount_words(figure.value, figure.unit)),
        details=(
            ("last week", Foreign(amount_words(figure.last_week, figure.unit))),
            ("change", Foreign("—" if change is None else f"{change:+.0f} %")),
            ("why not", Foreign(figure.reason or figure.no_change)),
            ("said", said or EMPTY),
        ),
    )


def list_section(
    key: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    left_out: int,
) -> Section:
    """The rows of a statement: the first text is the title, the first time is when."""
    names = [Foreign(name).line(40) for name in columns]
    title_at, time_at = _first_of(Foreign, rows) or 0, _first_of(datetime, rows)
    shown = [place for place in range(len(names)) if place not in {title_at, time_at}]
    seen: Counter[str] = Counter()
    records = []
    for row in rows:
        when = row[time_at] if time_at is not None else None
        at = when if isinstance(when, datetime) else None
        name = f"{_words(row[title_at]).line(60)} {at.isoformat() if at else ''}".strip()
        seen[name] += 1
        records.append(
            Record(
                # The same row keeps its identity when newer ones come before it.
                id=name if seen[name] == 1 else f"{name} #{seen[name]}",
                title=_words(row[title_at]),
                condition=Condition.FINE,
                at=at,
                details=tuple((names[each], _words(row[each])) for each in shown),
            )
        )
    return Section(key=key, title=title, records=tuple(records), more=left_out)


def _first_of(kind: type, rows: Sequence[Sequence[object]]) -> int | None:
    """The first column that holds a value of a kind."""
    width = len(rows[0]) if rows else 0
    found = (place for place in range(width) if any(isinstance(row[place], kind) for row in rows))
    return next(found, None)


def _words(value: object) -> Foreign:
    if isinstance(value, Foreign):
        return value
    if isinstance(value, datetime):
        return Foreign(f"{value:%Y-%m-%d %H:%MZ}")
    return Foreign(amount_words(value, "") if isinstance(value, float) else "")
