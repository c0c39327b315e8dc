"""What sums of minutes and hours hide: single readings past a limit that their average is not."""

from typing import Final

from monitor.bands import alarms, is_bad
from monitor.replay_looks import Batch
from monitor.workspace import KpiSpec, Statistic

_PLAIN: Final = frozenset({Statistic.LAST, Statistic.AVERAGE, Statistic.MAXIMUM, Statistic.MINIMUM})


class Peaks:
    """Counts such sums of one KPI, by the name of the band.

    Args:
        spec: The KPI.
        from_ms: What is older is not told.
    """

    def __init__(self, spec: KpiSpec, from_ms: int) -> None:
        self.found: dict[str, int] = {}
        self._spec = spec
        self._from_ms = from_ms
        self._bands = [band for band in spec.bands if alarms(band)]

    def count(self, batch: Batch) -> None:
        """Look at the ends of one sum; of several made into one number nothing is known."""
        if not (batch.grain_ms and len(batch.came) == 1 and self._spec.statistic in _PLAIN):
            return
        one, scale = batch.came[0][1], self._spec.scale
        if not one.count or batch.start_ms < self._from_ms:
            return
        for band in self._bands:
            past = is_bad(band, one.maximum * scale) or is_bad(band, one.minimum * scale)
            if past and not is_bad(band, one.total / one.count * scale):
                name = band.name.value
                self.found[name] = self.found.get(name, 0) + 1
