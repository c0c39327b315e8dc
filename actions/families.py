"""What can be done to a row, and by whom: the values between screens, command line and verbs."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from actions.plan import Danger, Target
from actions.verbs import Verb
from monitor.snapshot import WorkspaceView
from providers.readings import SourceId
from providers.system_readings import Record
from providers.text import EMPTY, Foreign


class ParameterKind(enum.Enum):
    """How a parameter is asked for."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    """`true` or `false`."""


class Choice(Struct, frozen=True, kw_only=True):
    """One of the values to choose from."""

    value: str
    words: Foreign = EMPTY
    """Beside the value: `refund webhook retry · ivan · was live 2h51m`."""


class Parameter(Struct, frozen=True, kw_only=True):
    """What an operator may or has to say besides the target."""

    name: str
    """On the command line: `--set name=value`."""

    title: str
    kind: ParameterKind = ParameterKind.TEXT
    choices: tuple[Choice, ...] = ()
    default: str = ""
    required: bool = False
    hint: str = ""
    """`1 to 20`; what is accepted, in words."""

    longest: int = 200
    least: float | None = None
    """Of a number; None: there is no such bound."""

    most: float | None = None
    pattern: str = ""
    """A regular expression that all of a text fits; empty: any does."""


class Card(Struct, frozen=True, kw_only=True):
    """A verb as menus, help and documents show it; known without asking anybody."""

    name: str
    title: str
    """`Roll back API`; by effect, never "kill"."""

    key: str = ""
    """The capital letter that opens it from its row; empty: only from the menu."""

    group: str = ""
    """Heading in the menu: `Deploys`, `Users`, `Database`."""

    danger: Danger = Danger.CHANGE
    parameters: tuple[Parameter, ...] = ()
    target_words: str = ""
    """What the command line takes as TARGET: `WORKSPACE/ENVIRONMENT/SERVICE`."""

    sought: str = ""
    """What its key asks for where the row is about no such thing: `address or id`. What is said
    is looked up as on the command line, behind `WORKSPACE/ENVIRONMENT/`. Empty: it asks nothing."""

    offered: bool = True
    """False: only as somebody's undo, or on the command line."""


class Offer(Struct, frozen=True, kw_only=True):
    """A verb that fits a row, with its target frozen by identity as the row was shown."""

    card: Card
    target: Target
    given: tuple[tuple[str, str], ...] = ()
    """Parameters that the row itself says, such as the deployment to go back to."""

    refused: str = ""
    """Why it can not be done to this row, known from what is shown; still listed, with this."""


class Row(Struct, frozen=True, kw_only=True):
    """What a person has the cursor on."""

    thing: object
    """The value behind the row, of `monitor.snapshot`: AlertView, DeployView, EndpointRow,
    KpiView, QueryRow, SourceView, VendorView, SystemView."""

    environment: str = ""
    """The environment that is in focus; empty: all."""

    source: SourceId | None = None
    section: str = ""
    """Of a board: the key of the section."""

    record: Record | None = None
    """Of a board: the record."""


class Family(Protocol):
    """Verbs that belong together, made from the configuration."""

    @property
    def verbs(self) -> Sequence[Verb]:
        """Its verbs; names are unique over all families."""
        ...

    @property
    def cards(self) -> Sequence[Card]:
        """One for each verb."""
        ...

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """What can be done to a row; pure and quick, called in the screen's thread."""
        ...

    async def target(self, verb: str, words: str) -> Target:
        """The target that somebody names on the command line, as `Card.target_words` says.

        Raises:
            Unplannable: There is no such target; says which there are, where that can be said.
            ProviderError: It had to be looked up and could not be.
        """
        ...


class Catalogue:
    """Every verb that this configuration allows for.

    Args:
        families: Of the wiring.

    Raises:
        ValueError: Two verbs have the same name.
    """

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = tuple(families)
        self.cards: Mapping[str, Card] = {
            card.name: card for family in families for card in family.cards
        }
        self.verbs: Mapping[str, Verb] = {
            verb.name: verb for family in families for verb in family.verbs
        }
        self._of = {verb.name: family for family in families for verb in family.verbs}
        named = sum(len(family.verbs) for family in families)
        if named != len(self.verbs) or self.cards.keys() != self.verbs.keys():
            raise ValueError("verbs and their cards do not match one to one")

    def offers(self, pane: WorkspaceView, row: Row) -> tuple[Offer, ...]:
        """What can be done to a row, by group and in the families' order."""
        found = [offer for family in self._families for offer in family.offers(pane, row)]
        groups = list(dict.fromkeys(offer.card.group for offer in found))
        return tuple(sorted(found, key=lambda offer: groups.index(offer.card.group)))

    def family_of(self, verb: str) -> Family | None:
        """The family of a verb; None when there is no such verb."""
        return self._of.get(verb)
