"""How the guard's dialog looks: frame, page, fields, buttons, and whether all of it fits."""

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from actions.guard_values import Verdict
from actions.running import Proposal, Running
from monitor.words import duration_words
from providers.clock import Clock, Moment
from tui.dialogs.gated import GatedDialog
from tui.dialogs.guard_dry import check_lines, dry_run
from tui.dialogs.guard_fields import GuardFields
from tui.dialogs.guard_form import LONGEST_NAME, missing
from tui.dialogs.guard_frame import framed, title_room
from tui.dialogs.guard_lines import Room, Told, told
from tui.dialogs.guard_stage import COUNT_S, SMALLEST, Asked, Stage
from tui.dialogs.key_gate import AT_ONCE_OF_NAME
from tui.dialogs.press import Press, safe_word
from tui.dialogs.said_line import SaidLine
from tui.screens.page import Page
from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Line, Tone, cut
from widgets.glyphs import glyphs_of, to_ascii

if TYPE_CHECKING:
    from tui.door_screens import ScreenDoor

_WIDEST: Final = 100
_BESIDE: Final = 4
"""Columns of frame and padding."""

_TOLD_S: Final = 3.0
"""How long it is told that a key did not count."""

_AROUND: Final = 4
"""Lines of the frame, of what is missing, and of the buttons."""


class GuardFace(GatedDialog[Running | None]):
    """What is seen of one action before it is begun.

    Args:
        asked: The action.
        door: Knows what is armed.
        clock: For ages.
    """

    DEFAULT_CSS = """
    GuardFace > Vertical { border: heavy $qd-warning; border-title-style: bold; }
    GuardFace > Vertical.-production {
        border: heavy $qd-critical; border-title-color: $qd-background;
        border-title-background: $qd-critical; border-title-style: bold;
    }
    GuardFace Page { height: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d", "dry_run", "Dry run", show=False, priority=True),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("pagedown", "scroll(1)", "Down", show=False, priority=True),
        Binding("pageup", "scroll(-1)", "Up", show=False, priority=True),
    ]

    def __init__(self, asked: Asked, door: "ScreenDoor", clock: Clock) -> None:
        super().__init__()
        self.asked = asked
        self.stage = Stage.LOOKING
        self.proposal: Proposal | None = None
        """What is shown."""

        self._door = door
        self._clock = clock
        target = asked.target
        self._most = door.lease_s(target.workspace, target.environment) / 60
        self._looking = self._dry = self._fits = False
        self._counted_from = clock.now()
        self._dropped: Moment | None = None
        self._notes: tuple[Line, ...] = ()
        self._trouble = ""
        self._named = ("", 0)
        self._page = Page(scrolls=False)
        self._fields = GuardFields(target.short_name, self._most)
        self._said = SaidLine()
        self._cancel = Press(safe_word(asked.title), id="cancel")
        tone = Tone.CRITICAL if target.production else Tone.WARNING
        self._confirm = Press(asked.title, tone, id="confirm")
        self._frame = Vertical()

    def compose(self) -> ComposeResult:
        """What is known, the fields, what is missing, the buttons."""
        self._frame.set_class(self.asked.target.production, "-production")
        self._name_it(self.asked.title)
        with self._frame:
            yield self._page
            yield self._fields
            yield self._said
            with Horizontal():
                yield self._cancel
                yield self._confirm

    def _name_it(self, what: str) -> None:
        """What it does, loudly where, on the frame and on the button."""
        target, columns = self.asked.target, min(self.app.size[0], _WIDEST)
        if (what, columns) == self._named:
            return
        self._named = (what, columns)
        self._frame.border_title = Content(framed(what, target, glyphs_of(self.app), columns))
        self._confirm.name_it(cut(what, title_room(target, columns)))

    def on_mount(self) -> None:
        """Cancel has the focus."""
        self._cancel.focus()
        self.draw()

    def on_resize(self) -> None:
        """It may not fit any more."""
        self.draw()

    def left_s(self) -> float:
        """How long the environment is still armed."""
        state, place, now = self._door.state, self.asked.target.place, self._clock.now()
        leases = () if state is None else state.leases
        return max((one.left_s(now) for one in leases if one.place == place), default=0.0)

    def missing(self) -> str:
        """Why it can not be confirmed now; empty when it can."""
        proposal = self.proposal
        if self._trouble:
            return self._trouble
        if proposal is None or self.stage is Stage.LOOKING:
            return "looking at the target…"
        if self.stage is Stage.STARTING:
            return "being sent: it can not be taken back here"
        if proposal.decision.verdict is Verdict.REFUSE:
            return "refused: nothing can be sent"
        if self._looking:
            return "looking again, one moment…"
        return self._unseen() or missing(
            proposal.decision.asks,
            self._fields.given,
            proposal.plan.target,
            self._most,
            proposal.plan.fingerprint,
        )

    def _unseen(self) -> str:
        """What of it does not stand on the screen."""
        if self._dry:
            return "this is all that would be sent; ^d goes back"
        if not self._fits:
            width, height = self.app.size
            return f"does not fit in {width}x{height}: make it larger to confirm"
        return ""

    def draw(self) -> None:
        """Show how everything stands, fitted to the terminal."""
        if not self.is_mounted:
            return
        width, height = self.app.size
        # A verb goes forward or back, as the target stands; an undo is called after its verb.
        self._name_it(self.asked.title if self.proposal is None else self.proposal.plan.title)
        asks = self.proposal is not None and self.stage in {Stage.SHOWN, Stage.COUNTING}
        refused = self.proposal is None or (
            self.proposal.decision.verdict is Verdict.REFUSE or bool(self._trouble)
        )
        self._fields.display = asks and not refused and not self._dry
        found, room, self._fits = self._fitted(width, height)
        self._page.show(found.lines)
        self._page.styles.height = max(1, min(len(found.lines), room))
        self._confirm.display = not refused
        why = self.missing()
        self._confirm.disabled = bool(why) or self.stage is not Stage.SHOWN
        self._say(why)
        self._tell_keys(len(found.lines) - self._page.top - room)

    def fits(self, width: int, height: int) -> bool:
        """Whether a terminal of this size has room for all that has to be seen."""
        return self._fitted(width, height)[2]

    def _fitted(self, width: int, height: int) -> tuple[Told, int, bool]:
        """The page for a terminal, its lines of room, and whether they do."""
        fields = self._fields.lines if self._fields.display else 0
        room = max(height - _AROUND - fields, 1)
        found = self._told(max(min(width, _WIDEST) - _BESIDE, 1), room)
        big_enough = width >= SMALLEST[0] and height >= SMALLEST[1]
        return found, room, big_enough and len(found.must) <= room

    def _told(self, width: int, room: int) -> Told:
        """The page: as roomy as it may be with all that has to be seen in view."""
        proposal, now, glyphs = self.proposal, self._clock.now(), glyphs_of(self.app)
        if proposal is None:
            target = self.asked.target
            words = f"{target.name.line(120)}  {target.kind} {target.identity}"
            why = wrapped((Cell(self._trouble, Tone.CRITICAL),), width, hang_at=0)
            return Told(must=((Cell(words),), *(why if self._trouble else ())))
        if self._dry:
            checked = check_lines(proposal.preconditions, now, glyphs)
            return Told(must=dry_run(proposal.plan, width, checked))
        pages = (
            self._noted(told(proposal, now, glyphs, width, each), proposal, width) for each in Room
        )
        seen, found = None, next(pages)
        while len(found.must) + len(found.more) > room:
            if seen is None and len(found.must) <= room:
                seen = found
            tighter = next(pages, None)
            if tighter is None:
                return seen or found
            found = tighter
        return found

    def _noted(self, found: Told, proposal: Proposal, width: int) -> Told:
        """With what changed since it was first shown, and a name too long for its field."""
        name = proposal.plan.target.short_name
        long = ((Cell("type      ", Tone.MUTED), Cell(name, Tone.TITLE, bold=True)),)
        named = long if len(name) > LONGEST_NAME and self._fields.asks_name else ()
        notes = [piece for line in self._notes for piece in wrapped(line, width)]
        return replace(found, must=(*notes, *found.must, *named))

    def _say(self, why: str) -> None:
        if self.stage is Stage.COUNTING:
            left_s = COUNT_S - self._counted_from.age_s(self._clock.now())
            words = f"sent in {max(0.0, left_s):.0f} s; esc or enter: no, cancel it"
            self._said.say((Cell(words, Tone.WARNING, bold=True),))
        elif self._was_dropped():
            self._said.say((Cell(f"not taken: {self.why_dropped}", Tone.WARNING),))
        elif self._trouble:
            # Without a plan it stands whole above.
            said = why if self.proposal is not None else "nothing was sent"
            self._said.say((Cell(said, Tone.CRITICAL, bold=True),))
        elif why:
            self._said.say((Cell(why, Tone.WARNING),))
        else:
            named = "enter behind the name, or the button"
            words = f"all of it is given: {named if self._fields.asks_name else 'press the button'}"
            self._said.say((Cell(words, Tone.OK),))

    def _was_dropped(self) -> bool:
        dropped, now = self._dropped, self._clock.now()
        return self.stage is Stage.SHOWN and dropped is not None and dropped.age_s(now) < _TOLD_S

    def _tell_keys(self, below: int) -> None:
        more = f"{below} more: pgdn · " if below > 0 else ""
        left_s = self.left_s()
        armed = f" · armed {duration_words(left_s)}" if left_s else ""
        words = f" {more}^d dry run · ^r look again · esc cancel{armed} "
        if len(words) > self.app.size[0] - 2 * _BESIDE:
            words = f" {more}^d dry run · esc cancel{armed} "
        if len(words) > self.app.size[0] - 2 * _BESIDE:
            words = f" {more}^d · esc{armed} "
        shown = to_ascii(words) if glyphs_of(self.app).ascii else words
        self._frame.border_subtitle = Content(shown)

    def at_once(self, event: events.Key) -> int:
        """Of the name never so many that it could be pasted."""
        if self._fields.is_at_name() and event.is_printable:
            return max(1, min(AT_ONCE_OF_NAME, len(self.asked.target.short_name) - 1))
        return super().at_once(event)

    def dropped(self) -> None:
        """A key did not count."""
        is_said, self._dropped = self._was_dropped(), self._clock.now()
        if self.is_mounted and not is_said:
            self.draw()

    def action_dry_run(self) -> None:
        """Show all that would be sent, or go back."""
        if self.proposal is not None and self.stage is Stage.SHOWN:
            self._dry = not self._dry
            self._page.action_scroll_lines(-1_000_000)
            self.draw()

    def action_scroll(self, pages: float) -> None:
        """Read on, or back."""
        self._page.action_scroll_pages(pages)
        self.draw()
