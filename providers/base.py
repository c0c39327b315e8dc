"""What every provider offers, and nothing about how."""

import enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct

from providers.harvest import Harvest
from providers.readings import SourceId

if TYPE_CHECKING:
    from providers.deploy_readings import DeployReading
    from providers.log_readings import Printed


class SourceKind(enum.Enum):
    """The kinds of source, by what they are asked."""

    ENDPOINT = "endpoint"
    DATABASE = "database"
    DEPLOYS = "deploys"
    VENDOR_STATUS = "status page"
    SYSTEM = "system"
    LOGS = "logs"


class Area(enum.Enum):
    """What a system is for: which pane it belongs to."""

    PLATFORM = "platform"
    """Hosting: what runs the services."""
    DATABASE = "database"
    PAYMENTS = "payments"
    MAIL = "e-mail"
    CALENDAR = "calendar"
    ERRORS = "errors"
    SECURITY = "security"
    ON_CALL = "on-call"
    CHAT = "chat"
    NETWORK = "network"
    """Names and certificates."""
    WEB = "web vitals"
    BUSINESS = "business"
    SCRIPTS = "scripts"
    NONE = ""


class SourceSpec(Struct, frozen=True, kw_only=True):
    """How one source is named and how often it is asked."""

    id: SourceId
    workspace: str
    environment: str
    """Empty for a source that belongs to no environment."""

    kind: SourceKind
    title: str
    """In the operator's words, for panes and messages."""

    system: str
    """`HTTP`, `PostgreSQL`, `Vercel`, `Render`, `GitHub`, … for grouping in `doctor`."""

    interval_s: float
    timeout_s: float
    """No read may take longer, all its requests together."""

    area: Area = Area.NONE
    unseen_interval_s: float = 0.0
    """How often it is asked while no pane shows it; 0: always as often as `interval_s` says."""


class Source(Protocol):
    """One source that can be read again and again."""

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        ...

    async def read(self) -> Harvest:
        """Ask once.

        Raises:
            ProviderError: The source did not give what was asked. For an endpoint, an answer of
                any status and a failed connection are readings, not errors.
        """
        ...

    async def aclose(self) -> None:
        """Give connections back; may be called twice, never raises."""
        ...


@runtime_checkable
class Printing(Source, Protocol):
    """A source of deploys that can tell what one of them printed, for who asks."""

    async def printed(self, deploy: "DeployReading") -> "Printed":
        """The end of what the build or the run printed.

        Raises:
            ProviderError: It could not be read.
        """
        ...
