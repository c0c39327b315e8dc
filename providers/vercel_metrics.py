"""Vercel's own measurements, where the plan has them; pure.

Source: `POST /v2/observability/query`. Without Observability Plus it answers 402. The vendor's
specification leaves the rows open: whatever number stands in a row is shown under its own name.
"""

from collections.abc import Iterator
from typing import Final

from providers.errors import NotFound, ProviderError, Unauthorized
from providers.fields import Fields
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign
from providers.vendor import entries, sort_out

MOST_ROWS: Final = 20
_PLAN: Final = "HTTP 402"
NEEDS_PLAN: Final = (
    "needs Observability Plus, which this team does not have (HTTP 402); until then response "
    "times and errors come from the checks, the logs and the product's own numbers"
)
Rows = tuple[Record, ...]

_LISTS: Final = ("data", "rows", "results", "summary")


def query_body(metric: str, project_id: str, team: str | None) -> dict[str, object]:
    """The question for one metric of one project over the last hour."""
    scope: dict[str, object] = {"type": "project", "projectIds": [project_id]}
    if team:
        scope["ownerId"] = team
    return {"metric": metric, "scope": scope, "limit": MOST_ROWS}


def why_blind(error: ProviderError) -> str:
    """Why a metric is not there, in words that name the plan where that is it."""
    if isinstance(error, Unauthorized) and _PLAN in error.reason:
        return NEEDS_PLAN
    if isinstance(error, NotFound):
        return f"Vercel offers no such measurement: {error.reason}"
    said = f" ({error.detail.line(120)})" if error.detail else ""
    return f"{error.reason}{said}"


def rows_of(answer: object, metric: str, system: str, operation: str) -> Rows:
    """The rows of one answer, with every text and number in them.

    Raises:
        BadAnswer: There is no list of rows.
    """
    fields = Fields(answer, system, operation)
    name = next((each for each in _LISTS if isinstance(fields.raw(each), list)), _LISTS[0])
    found = sort_out(entries(answer, name, system, operation)[:MOST_ROWS], _parts, "row")
    return tuple(
        Record(
            id=f"{metric}/{number}",
            title=Foreign(metric),
            condition=Condition.FINE,
            state=Foreign(", ".join(parts)),
        )
        for number, parts in enumerate(found.readable())
    )


def _parts(row: Fields) -> list[str]:
    return list(_said(row))


def _said(row: Fields) -> Iterator[str]:
    for name in row.names()[:12]:
        raw = row.raw(name)
        label = Foreign(name).line(40)
        if isinstance(raw, str):
            yield f"{label} {row.text(name).line(60)}"
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            yield f"{label} {raw:g}" if abs(raw) < 1e15 else f"{label} …"


def section_of(records: Rows, blind: str) -> Section:
    """The list for the pane."""
    return Section(
        key="metrics",
        title="Vercel's measurements",
        records=records,
        empty="no measurement is asked for",
        blind=blind,
    )
