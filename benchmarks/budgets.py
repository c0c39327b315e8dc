"""What is measured, beside what it may be."""

from msgspec import Struct


class Row(Struct, frozen=True):
    """One figure of the report."""

    label: str
    value: float | None
    """None: it did not come to that, which no budget allows."""

    must: float | None = None
    """None: told, not judged."""

    floor: float | None = None
    """The blank app's figure, where there is one."""

    relative: bool = False
    """`must` is a multiple of `floor`."""

    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Against the blank app."""
        return self.value / self.floor if self.value is not None and self.floor else None

    @property
    def held(self) -> bool:
        """Whether the budget is kept."""
        judged = self.ratio if self.relative else self.value
        return self.must is None or (judged is not None and judged <= self.must)

    def text(self) -> str:
        """The figure, the floor, the ratio and the budget in columns."""
        limit = "" if self.must is None else f"{self.must:g}{'x' if self.relative else ''}"
        verdict = "" if self.held else "  over budget"
        note = f"  {self.note}" if self.note else ""
        return (
            f"{self.label:46} {figure(self.floor):>9} {figure(self.value):>9} "
            f"{figure(self.ratio):>6} {limit:>8}{verdict}{note}"
        )


HEAD = f"{'figure':46} {'blank':>9} {'wall':>9} {'ratio':>6} {'budget':>8}"


def figure(value: float | None) -> str:
    """Three figures, or whole thousands."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
