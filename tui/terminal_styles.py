"""Textual's style sheet, which forgets what it has read whenever the theme changes.

Textual 8.2.8 reads all style sheets anew for each theme, one that was shown before too: 11 ms in
which no key is answered, for each line of the list of themes that the cursor comes to.
"""

from collections import OrderedDict
from typing import ClassVar, Final

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

KEPT_THEMES: Final = 2
"""The one that is shown and the one before it, which is gone back to."""

_Read = dict[tuple[str, CSSLocation, bool, int, str], list[RuleSet]]


class RememberingStyles(Stylesheet):
    """A style sheet that keeps what it read under the last themes.

    What was read is never changed afterwards, so all style sheets of a process share it.
    """

    _read: ClassVar[OrderedDict[frozenset[tuple[str, str]], _Read]] = OrderedDict()
    _of_theme: _Read | None = None

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of another theme."""
        self._of_theme = None
        super().set_variables(variables)

    def reparse(self) -> None:
        """Read all of it under the theme of now; one with a mistake changes nothing, as ever."""
        # 8.2.8 makes a second style sheet for it, which would know nothing.
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        if self._of_theme is None:
            self._of_theme = self._known(frozenset(self._variables.items()))
        source = (css, read_from, is_default_rules, tie_breaker, scope)
        if source not in self._of_theme:
            self._of_theme[source] = super()._parse_rules(*source)
        return self._of_theme[source]

    @classmethod
    def _known(cls, theme: frozenset[tuple[str, str]]) -> _Read:
        known = cls._read.setdefault(theme, {})
        cls._read.move_to_end(theme)
        if len(cls._read) > KEPT_THEMES:
            cls._read.popitem(last=False)
        return known
