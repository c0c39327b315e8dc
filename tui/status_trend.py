"""A trend as JSON for scripts."""

from monitor.trend import Trend, trend_words
from tui.status_values import Json, rounded


def trend_json(trend: Trend, unit: str) -> Json:
    """Numbers in the KPI's unit; null with a reason while too few days are known."""
    return {
        "days": trend.days,
        "reason": trend.reason or None,
        "per_day": rounded(trend.per_day),
        "this_week": rounded(trend.this_week),
        "last_week": rounded(trend.last_week),
        "full_at": rounded(trend.full_at),
        "days_to_full": rounded(trend.days_to_full),
        "words": "; ".join(trend_words(trend, unit)),
    }
