"""The hosting verbs as menus, help and documents show them."""

from typing import Final

from actions.families import Card, Choice, Parameter, ParameterKind
from actions.hosting import (
    builds,
    render_autodeploy,
    render_deploy,
    render_restart,
    render_rollback,
    render_scale,
    vercel_rollback,
)
from actions.hosting.autodeploy import TRIGGERS
from actions.plan import Danger
from providers.text import Foreign

GROUP: Final = "Deploys"
SERVICE_WORDS: Final = "WORKSPACE/ENVIRONMENT/SERVICE"

TO: Final = Parameter(
    name="to",
    title="Back to",
    hint="id of a deploy that was live before; left out: the last one before the current",
)
TO_WEB: Final = Parameter(
    name="to",
    title="To",
    hint="a deployment's id, or newest: the newest that is ready; left out: the last that served",
)
COMMIT: Final = Parameter(
    name="commit",
    title="Commit",
    required=True,
    longest=64,
    hint="7 characters or more of one that was deployed before",
)
INSTANCES: Final = Parameter(
    name="instances",
    title="Instances",
    kind=ParameterKind.NUMBER,
    required=True,
    longest=3,
    hint="1 to 100",
    least=1,
    most=100,
)

ROLLBACK_WEB: Final = Card(
    name=vercel_rollback.NAME,
    title="Roll back or promote a Vercel project",
    key="B",
    group=GROUP,
    parameters=(TO_WEB,),
    target_words=SERVICE_WORDS,
)
ROLLBACK_API: Final = Card(
    name=render_rollback.NAME,
    title="Roll back a Render service",
    key="B",
    group=GROUP,
    parameters=(
        TO,
        Parameter(
            name="autodeploy-off",
            title="Autodeploy off, too",
            kind=ParameterKind.FLAG,
            default="true",
            hint="else the next push brings the bad commit back",
        ),
    ),
    target_words=SERVICE_WORDS,
)
RESTART: Final = Card(
    name=render_restart.NAME,
    title="Restart a Render service",
    key="R",
    group=GROUP,
    danger=Danger.OUTAGE,
    target_words=SERVICE_WORDS,
)
SCALE: Final = Card(
    name=render_scale.NAME,
    title="Scale a Render service",
    group=GROUP,
    parameters=(INSTANCES,),
    target_words=SERVICE_WORDS,
)
DEPLOY_COMMIT: Final = Card(
    name=render_deploy.NAME,
    title="Deploy a commit on Render",
    key="D",
    group=GROUP,
    parameters=(
        COMMIT,
        Parameter(
            name="clear-cache",
            title="Clear the build cache",
            kind=ParameterKind.FLAG,
            default="false",
        ),
    ),
    target_words=SERVICE_WORDS,
)
CANCEL_BUILD: Final = Card(
    name=builds.NAME,
    title="Cancel a build",
    key="K",
    group=GROUP,
    danger=Danger.LIGHT,
    target_words=f"{SERVICE_WORDS}[/BUILD]",
)
AUTODEPLOY_ON: Final = Card(
    name=render_autodeploy.ON_NAME,
    title="Turn autodeploy on",
    group=GROUP,
    danger=Danger.LIGHT,
    parameters=(
        Parameter(
            name="trigger",
            title="Deploy at",
            kind=ParameterKind.CHOICE,
            choices=(
                Choice(value=TRIGGERS[0], words=Foreign("each push")),
                Choice(value=TRIGGERS[1], words=Foreign("each push, once its checks pass")),
            ),
            default=TRIGGERS[0],
        ),
    ),
    target_words=SERVICE_WORDS,
)
AUTODEPLOY_OFF: Final = Card(
    name=render_autodeploy.OFF_NAME,
    title="Turn autodeploy off",
    group=GROUP,
    danger=Danger.LIGHT,
    target_words=SERVICE_WORDS,
)

AT_RENDER: Final = (
    ROLLBACK_API, RESTART, SCALE, DEPLOY_COMMIT, AUTODEPLOY_OFF, AUTODEPLOY_ON,
)  # fmt: skip
ALL: Final = (ROLLBACK_WEB, *AT_RENDER, CANCEL_BUILD)
