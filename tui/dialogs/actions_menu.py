"""What can be done to a row: a letter or enter chooses, nothing is sent from here."""

import string
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

from msgspec import Struct
from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from actions.families import Card, Offer
from actions.plan import Danger, Target
from tui.dialogs.dialog import Dialog
from widgets.cells import Cell, Line, Tone, fit
from widgets.columns import Column
from widgets.grid import Grid
from widgets.listing import Row
from widgets.tiers import Tier, tier_of

_FRAME_LINES: Final = 2
_WIDEST: Final = 110
_LETTERS: Final = tuple(one for one in string.ascii_lowercase if one not in "gjkqx")
"""For those without a key of their own; the left out ones move or close."""

_COLUMNS: Final = (
    Column(key="key", width=2),
    Column(key="group", width=8),
    Column(key="title", width=18, grows=True, most=36),
    Column(key="place", width=10),
    Column(key="words", width=32, grows=True),
)
_NARROW_COLUMNS: Final = (
    Column(key="key", width=2),
    Column(key="title", width=22, grows=True, most=34),
    Column(key="place", width=10),
    Column(key="words", width=12, grows=True),
)
_REFUSED_COLUMNS: Final = (
    Column(key="key", width=2),
    Column(key="title", width=22),
    Column(key="place", width=10),
    Column(key="words", width=12, grows=True),
)
"""Where little room is, why something is refused needs more of it than what it is called."""

_DANGERS: Final[Mapping[Danger, tuple[str, Tone]]] = {
    Danger.LIGHT: ("disturbs nobody", Tone.MUTED),
    Danger.CHANGE: ("works at once", Tone.NORMAL),
    Danger.OUTAGE: ("users notice", Tone.WARNING),
    Danger.FINAL: ("not taken back", Tone.CRITICAL),
}


class Fitting(Struct, frozen=True, kw_only=True):
    """An offer, and why it can not be taken."""

    offer: Offer
    refused: str = ""
    letter: str = ""
    """Takes it in the menu."""


def lettered(offers: Sequence[Fitting]) -> tuple[Fitting, ...]:
    """Each with a letter of its own: its key where no other has it, else the next free one.

    Where `A` acknowledges, `a` does nothing else: with caps lock on they are the same key.
    """
    keys = [one.offer.card.key for one in offers]
    taken = {key.lower() for key in keys}
    spare = (one for one in _LETTERS if one not in taken)
    return tuple(
        Fitting(
            offer=one.offer,
            refused=one.refused,
            letter=key if key and keys.count(key) == 1 else next(spare, ""),
        )
        for one, key in zip(offers, keys, strict=True)
    )


def where_words(target: Target) -> str:
    """The environment of a target, loud for production."""
    return target.environment.upper() or "all"


class ActionsMenu(Dialog[Fitting | None]):
    """A list; gives what was chosen. What is refused says why and stays.

    Args:
        title: Of what row.
        offers: What there is, by group.
    """

    DEFAULT_CSS = """
    ActionsMenu { align: center middle; background: $qd-background 40%; }
    ActionsMenu > Vertical {
        width: 110; max-width: 100%; max-height: 100%;
        border: round $qd-accent; background: $qd-background; padding: 0 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,x", "close", "Close", show=False),
    ]

    def __init__(self, title: str, offers: Sequence[Fitting]) -> None:
        super().__init__()
        self._title = title
        self._offers = {str(number): one for number, one in enumerate(lettered(offers))}
        self._grid = Grid(_COLUMNS, header=False)

    def compose(self) -> ComposeResult:
        """The list in a frame."""
        with Vertical() as frame:
            frame.border_title = Content(f"What can be done: {self._title}")
            frame.border_subtitle = Content("letter or enter look at it… · esc close")
            frame.styles.height = len(self._offers) + _FRAME_LINES
            yield self._grid

    def on_mount(self) -> None:
        """Fill it."""
        self._grid.focus()
        self.on_resize()

    def on_resize(self) -> None:
        """In a narrow terminal the groups have no column."""
        narrow = tier_of(self.app.size.width) is Tier.NARROW
        refused = any(one.refused for one in self._offers.values())
        few = _REFUSED_COLUMNS if refused else _NARROW_COLUMNS
        self._grid.set_columns(few if narrow else _COLUMNS, header=False)
        self._grid.set_rows(tuple(self._rows(narrow=narrow)))

    def on_key(self, event: events.Key) -> None:
        """A letter chooses."""
        found = (one for one in self._offers.values() if one.letter and one.letter == event.key)
        chosen = next(found, None)
        if chosen is None and event.character is not None:
            same = (one for one in self._offers.values() if one.letter == event.character)
            chosen = next(same, None)
        if chosen is not None:
            event.stop()
            event.prevent_default()
            self._take(chosen)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Enter chooses."""
        event.stop()
        self._take(self._offers[event.key])

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Nobody outside asks where the cursor is."""
        event.stop()

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _take(self, chosen: Fitting) -> None:
        if chosen.refused:
            self.app.notify(chosen.refused, severity="warning")
        else:
            self.dismiss(chosen)

    def _rows(self, *, narrow: bool) -> Iterator[Row]:
        before = ""
        for key, one in self._offers.items():
            group = one.offer.card.group
            yield _row(key, one, None if narrow else group if group != before else "")
            before = group


def _row(key: str, one: Fitting, group: str | None) -> Row:
    card, target = one.offer.card, one.offer.target
    live = not one.refused
    place = Cell(where_words(target), Tone.CRITICAL if target.production and live else Tone.MUTED)
    return Row(
        key=key,
        cells=(
            Cell(one.letter, Tone.ACCENT if live else Tone.MUTED, bold=live),
            *(() if group is None else (Cell(group, Tone.MUTED),)),
            Cell(f"{card.title}…", Tone.NORMAL if live else Tone.MUTED),
            place,
            _words(one),
        ),
    )


def _words(one: Fitting) -> Line:
    if one.refused:
        return (Cell(f"no: {one.refused}", Tone.MUTED),)
    words, tone = _DANGERS[one.offer.card.danger]
    about = one.offer.target.name.line(60)
    named = () if about in one.offer.card.title else (Cell(f"{about}  ", Tone.TITLE),)
    return (*named, Cell(words, tone))


def elsewhere_lines(cards: Sequence[Card]) -> tuple[Line, ...]:
    """What could be done to other rows, for a row that nothing can be done to."""
    if not cards:
        words = "This configuration allows for no actions: see docs/actions-and-guards.md."
        return ((Cell(words),),)
    lines: list[Line] = [(Cell("Nothing can be done to this row. Elsewhere:"),), ()]
    group, width = None, max(cell_len(one.title) for one in cards)
    for card in cards:
        if card.group != group:
            group = card.group
            lines.append((Cell(group or "Other", Tone.TITLE, bold=True),))
        key = card.key or "x"
        lines.append(
            (
                Cell(f"  {key}  ", Tone.ACCENT),
                Cell(fit(card.title, width)),
                Cell(f" {card.target_words}", Tone.MUTED),
            )
        )
    return tuple(lines)
