"""What is looked at before something is sent, in the words that the dialog shows."""

from msgspec import Struct

from actions.guard_values import Precondition, Standing
from providers.clock import Moment


class Checked(Struct, frozen=True, kw_only=True):
    """Makes the preconditions that were looked at in one moment."""

    at: Moment

    def met(self, name: str, words: str) -> Precondition:
        """It holds."""
        return self._made(name, Standing.MET, words)

    def warns(self, name: str, words: str) -> Precondition:
        """It does not hold up anybody, and has to have been seen."""
        return self._made(name, Standing.WARN, words)

    def blocks(self, name: str, words: str) -> Precondition:
        """It does not hold."""
        return self._made(name, Standing.BLOCK, words)

    def unknown(self, name: str, words: str) -> Precondition:
        """Nobody can tell: that blocks as well."""
        return self._made(name, Standing.UNKNOWN, words)

    def either(self, name: str, *, holds: bool, met: str, otherwise: str) -> Precondition:
        """Met or blocking."""
        return self.met(name, met) if holds else self.blocks(name, otherwise)

    def unless(self, name: str, trouble: str, well: str) -> Precondition:
        """Met in the words `well`, or blocked for the reason `trouble`."""
        return self.blocks(name, trouble) if trouble else self.met(name, well)

    def warns_if(self, name: str, trouble: str, well: str) -> Precondition:
        """As `unless`, but it only warns."""
        return self.warns(name, trouble) if trouble else self.met(name, well)

    def _made(self, name: str, standing: Standing, words: str) -> Precondition:
        return Precondition(name=name, standing=standing, words=words, checked=self.at)
