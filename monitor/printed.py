"""What a build or a job printed, read once for the person who asks."""

import asyncio

from providers.base import Printing, Source
from providers.deploy_readings import DeployReading
from providers.errors import ProviderError
from providers.log_readings import Printed


async def printed_by(source: Source | None, deploy: DeployReading) -> Printed:
    """The end of what a deploy printed, or why there is nothing to show.

    Args:
        source: Where the deploy is listed; None when it is watched no more.
        deploy: Which.
    """
    if not isinstance(source, Printing):
        return Printed(lines=(), notice="nothing is kept of what it printed")
    try:
        async with asyncio.timeout(source.spec.timeout_s):
            return await source.printed(deploy)
    except ProviderError as error:
        advice = f"; {error.advice}" if error.advice else ""
        return Printed(lines=(), notice=f"{error.sentence}{advice}")
    except TimeoutError:
        return Printed(lines=(), notice=f"no answer within {source.spec.timeout_s:.0f} s")
