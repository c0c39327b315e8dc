"""Which workflow deploys which service where: values that the wiring makes."""

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from actions.plan import Target
from actions.workflows.inputs import Input
from actions.workflows.repo import Repo
from providers.deploy_readings import DeployReading, DeploysReading

ReadDeploys = Callable[[], Awaitable[DeploysReading]]
"""Asks the hosting vendor which deploys there are, and which is live."""


class Rollback(Struct, frozen=True, kw_only=True):
    """What brings back what was live before, at the hosting vendor."""

    verb: str
    target: Target


class WorkflowPlace(Struct, frozen=True, kw_only=True):
    """One service in one environment, and the workflow that deploys it."""

    workspace: str
    environment: str
    production: bool
    service: str
    title: str
    """Of the service."""

    repo: Repo
    workflow: str
    """File name of the workflow; empty: the configuration names none."""

    branch: str
    """What is deployed unless somebody says otherwise; empty: none is configured."""

    fixed: Mapping[str, str]
    """Inputs that always have this value here, such as `environment`."""

    inputs: tuple[Input, ...] = ()
    """As the configuration declares them, for when the file can not be read."""

    others: tuple[str, ...] = ()
    """Names of the other environments."""

    source: str = ""
    """Id of the source that reads its runs."""

    deploys: ReadDeploys | None = None
    deploys_source: str = ""
    rollback: Rollback | None = None
    boards: tuple[str, ...] = ()
    """Ids of the systems that list the runs of its repository."""

    watches: tuple[str, ...] = ()
    usual_s: float | None = None

    @property
    def identity(self) -> str:
        """Names the target: what is started, and for where."""
        return f"github:{self.repo.name}/{self.workflow}@{self.environment}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Workspace, environment and service."""
        return (self.workspace, self.environment, self.service)


def live_of(reading: DeploysReading) -> DeployReading | None:
    """The deploy that serves now; None when the vendor does not say."""
    return next((one for one in reading.deploys if one.id == reading.live_id), None)
