"""Whom an action is about, where the row under the cursor is about nobody; loaded on first use."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from actions.families import Card, Parameter
from actions.plan import Target
from actions.verbs import Unplannable
from monitor.contained import Contained
from monitor.snapshot import WorkspaceView
from providers.errors import ProviderError
from providers.text import Foreign
from tui.dialogs.parameters import ParameterForm, Values
from tui.door_link import NoDoor

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp
    from tui.door_screens import ScreenDoor

_WHO: Final = "who"


class Seeking:
    """Asks for one target in words, and looks it up as the command line does.

    Args:
        app: Whose screens it uses.
        door: Looks it up.
        card: What is to be done.
        found: Called with the target.
    """

    def __init__(
        self,
        app: "CommandedApp",
        door: "ScreenDoor",
        card: Card,
        found: Callable[[Target], None],
    ) -> None:
        self._app = app
        self._door = door
        self._card = card
        self._found = found

    def ask(self, pane: WorkspaceView, environment: str) -> None:
        """Open the form; what is forbidden is told instead.

        Args:
            pane: The workspace that is shown.
            environment: The one in focus; empty: production is meant.
        """
        nobody = _nobody(pane, environment)
        refused = self._door.refusal(nobody.workspace, nobody.environment)
        if refused:
            self._app.notify(f"{self._card.title}: {refused}", severity="warning")
            return
        asked = Parameter(name=_WHO, title=self._card.sought, required=True)

        def given(values: Values | None) -> None:
            if values is not None:
                words = f"{nobody.place}/{dict(values)[_WHO]}"
                self._app.run_worker(self._find(words), name="seek", group="acting", exclusive=True)

        title = f"{self._card.title}: of whom?"
        self._app.push_screen(ParameterForm(title, nobody, (asked,)), given)

    async def _find(self, words: str) -> None:
        screen, targets = self._app.screen, list[Target]()
        with Contained() as contained:
            targets.append(await self._door.find(self._card.name, words))
        if contained.error is not None:
            self._app.notify(_told(contained.error), severity="warning")
        elif self._app.screen is screen:
            # Else whoever asked has gone on: nothing opens over something else.
            self._found(targets[0])


def _told(error: BaseException) -> str:
    if isinstance(error, ProviderError):
        return error.sentence
    known = isinstance(error, (Unplannable, NoDoor))
    return str(error) if known else f"a bug ({type(error).__name__})"


def _nobody(pane: WorkspaceView, environment: str) -> Target:
    """Stands for whoever is meant until they are known: where it will be."""
    spec = pane.spec
    named = next((one for one in spec.environments if one.name == environment), None)
    place = named or next((one for one in spec.environments if one.production), None)
    return Target(
        kind="by",
        identity="their address or id",
        name=Foreign("somebody"),
        workspace=spec.name,
        environment=place.name if place is not None else environment,
        production=place is None or place.production,
        short_name="",
    )
