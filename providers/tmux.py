"""What tmux is set to, for `doctor`: by default it swallows copies and notices."""

import asyncio
import shutil
from typing import Final

from providers.text import Foreign

_LIMIT_S: Final = 2.0


async def tmux_option(name: str) -> str | None:
    """The value of an option of the tmux server we run in.

    Args:
        name: An option's name, such as `set-clipboard`; never outside text.

    Returns:
        Its value; None when there is no tmux, it does not know the option, or it does not answer.
    """
    program = shutil.which("tmux")
    if program is None:
        return None
    process = await asyncio.create_subprocess_exec(
        program,
        "show-options",
        "-gv",
        name,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LIMIT_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    word = Foreign(said.decode("utf-8", "replace")).line(40)
    return word if process.returncode == 0 and word else None
