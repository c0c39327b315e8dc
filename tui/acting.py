"""From a row to an action under way: menu, parameters, the guard's dialog; loaded on first use."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.screen import Screen

from actions.families import Card, Offer, ParameterKind, Row
from actions.plan import Danger, Target, Undo
from actions.running import Running
from monitor.contained import Contained
from tui.dialogs.actions_menu import ActionsMenu, Fitting, elsewhere_lines
from tui.dialogs.guard_stage import Asked
from tui.dialogs.parameters import Values
from tui.door_link import NoDoor

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp
    from tui.door_screens import ScreenDoor


class Acting:
    """One way for every screen.

    Args:
        app: Whose screens and dialogs it uses.
        door: Everything goes through it.
    """

    def __init__(self, app: "CommandedApp", door: "ScreenDoor") -> None:
        self._app = app
        self._door = door

    def menu(self, rows: Sequence[Row], about: str) -> None:
        """Show all that can be done to what is under the cursor, as it is now."""
        self._begin(lambda: self._choose(tuple(rows), about, ""))

    def by_key(self, rows: Sequence[Row], about: str, key: str) -> None:
        """Open the one action that has this key; of several the menu, narrowed to them."""
        self._begin(lambda: self._choose(tuple(rows), about, key))

    def take_back(self, undo: Undo) -> None:
        """Plan an inverse, through the same dialog."""
        self._begin(lambda: self._undo(undo))

    def keys(self, rows: Sequence[Row]) -> frozenset[str]:
        """The capital letters of what can be done to these rows now."""
        return frozenset(one.offer.card.key for one in self._fitting(rows) if not one.refused)

    def _begin(self, work: Callable[[], None]) -> None:
        """Do it at once, so that keys typed ahead find the dialog; the first time a bit later."""
        if self._door.catalogue is not None:
            work()
            return
        first = self._first(work, self._app.screen)
        self._app.run_worker(first, name="acting", group="acting", exclusive=True)

    async def _first(self, work: Callable[[], None], screen: Screen[Any]) -> None:
        # Whoever asked may have gone on meanwhile: nothing opens over something else.
        if await self._is_ready() and self._app.screen is screen:
            work()

    def _choose(self, rows: tuple[Row, ...], about: str, key: str) -> None:
        offers = self._fitting(rows)
        if not key:
            self._open_menu(offers, about)
            return
        named = [one for one in offers if one.offer.card.key == key]
        if not named and (card := self._seeks(key)) is not None:
            self._seek(card)
        elif not named:
            words = f"nothing here has the key {key}: x shows what can be done"
            self._app.notify(words, severity="warning")
        elif len(open_ones := [one for one in named if not one.refused]) <= 1:
            self._take((open_ones or named)[0])
        else:
            self._open_menu(named, about)

    def _seeks(self, key: str) -> Card | None:
        """What of this key can be asked for by name."""
        catalogue = self._door.catalogue
        cards = () if catalogue is None else catalogue.cards.values()
        return next((one for one in cards if one.key == key and one.sought), None)

    def _seek(self, card: Card) -> None:
        from tui.seeking import Seeking

        view, catalogue = self._app.view, self._door.catalogue
        family = None if catalogue is None else catalogue.family_of(card.name)
        if family is None or view is None or view.pane is None:
            return

        def found(target: Target) -> None:
            offers = [Offer(card=one, target=target) for one in family.cards if one.offered]
            fitting = [Fitting(offer=one, refused=self._refusal(one)) for one in offers]
            self._open_menu(fitting, target.name.line(60))

        Seeking(self._app, self._door, card, found).ask(view.pane, view.environment)

    async def _is_ready(self) -> bool:
        """Have the verbs made, the first time; tells when that did not work."""
        with Contained() as contained:
            await self._door.ready()
        error = contained.error
        if error is None:
            return True
        words = str(error) if isinstance(error, NoDoor) else f"a bug ({type(error).__name__})"
        self._app.notify(f"nothing can be done now: {words}", severity="warning")
        return False

    def _fitting(self, rows: Sequence[Row]) -> list[Fitting]:
        """What fits any of the rows, each thing once, by group."""
        catalogue, view = self._door.catalogue, self._app.view
        pane = view.pane if view is not None else None
        if catalogue is None or pane is None:
            return []
        found: dict[object, Offer] = {}
        for row in rows:
            for offer in catalogue.offers(pane, row):
                target = offer.target
                what = (offer.card.name, target.place, target.key, offer.given)
                found.setdefault(what, offer)
        groups = list(dict.fromkeys(one.card.group for one in found.values()))
        ordered = sorted(found.values(), key=lambda one: groups.index(one.card.group))
        return [Fitting(offer=one, refused=self._refusal(one)) for one in ordered]

    def _refusal(self, offer: Offer) -> str:
        target = offer.target
        return offer.refused or self._door.refusal(target.workspace, target.environment) or ""

    def _open_menu(self, offers: Sequence[Fitting], about: str) -> None:
        if not offers:
            catalogue = self._door.catalogue
            cards = [] if catalogue is None else [*catalogue.cards.values()]
            offered = [one for one in cards if one.offered]
            self._app.open_text("What can be done", elsewhere_lines(offered))
            return
        more = len({(one.offer.target.place, one.offer.target.key) for one in offers}) - 1
        alike = len({one.offer.card.name for one in offers}) == 1
        title = f"{about}, or {more} more" if more and alike else about
        self._app.push_screen(ActionsMenu(title, offers), self._chosen)

    def _chosen(self, chosen: Fitting | None) -> None:
        if chosen is not None:
            self._take(chosen)

    def _take(self, chosen: Fitting) -> None:
        """Ask for what the row does not say, then for the rest in the guard's dialog."""
        if chosen.refused:
            self._app.notify(f"{chosen.offer.card.title}: {chosen.refused}", severity="warning")
            return
        offer = chosen.offer
        known = dict(offer.given)
        open_ones = [one for one in offer.card.parameters if one.name not in known]
        if not open_ones:
            self._guard(_asked(offer, ()))
            return
        from tui.dialogs.parameters import ParameterForm

        def given(values: Values | None) -> None:
            if values is not None:
                self._guard(_asked(offer, values))

        empty = [one for one in open_ones if one.kind is ParameterKind.CHOICE and not one.choices]
        if empty and any(one.required for one in empty):
            words = f"{offer.card.title}: there is nothing to choose for {empty[0].title}"
            self._app.notify(words, severity="warning")
            return
        name, title = offer.target.name.line(60), offer.card.title
        title = title if name in title else f"{title}  {name}"
        self._app.push_screen(ParameterForm(title, offer.target, open_ones), given)

    def _guard(self, asked: Asked) -> None:
        from tui.dialogs.guard import GuardDialog

        app = self._app
        app.push_screen(GuardDialog(asked, self._door, app.clock, app.zone), self._begun)

    def _begun(self, running: Running | None) -> None:
        if running is not None:
            from tui.screens.action import ActionScreen

            self._app.push_screen(ActionScreen(running))

    def _undo(self, undo: Undo) -> None:
        catalogue = self._door.catalogue
        card = None if catalogue is None else catalogue.cards.get(undo.verb)
        self._guard(_undoing(undo, card))


def _asked(offer: Offer, values: Values) -> Asked:
    """The offer with what was said besides, in the card's order."""
    said = {**dict(offer.given), **dict(values)}
    order = [one.name for one in offer.card.parameters]
    names = [name for name in order if name in said]
    names += [name for name in said if name not in order]
    return Asked(
        verb=offer.card.name,
        title=offer.card.title,
        target=offer.target,
        parameters=tuple((name, said[name]) for name in names),
        danger=offer.card.danger,
    )


def _undoing(undo: Undo, card: Card | None) -> Asked:
    asked = Asked(
        verb=undo.verb,
        title=undo.words[:1].upper() + undo.words[1:],
        target=undo.target,
        parameters=undo.parameters,
        danger=Danger.CHANGE,
    )
    return asked if card is None else replace(asked, title=card.title, danger=card.danger)
