"""How a script is started: no shell, no terminal, little of our environment."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from providers.errors import BadAnswer
from providers.script_values import ALWAYS_PASSED, SYSTEM, ScriptSpec
from providers.text import Foreign


def allowed(names: Sequence[str], ours: Mapping[str, str]) -> dict[str, str]:
    """What a script sees of our environment: a few harmless variables, and those it may have."""
    kept = {name: ours[name] for name in (*ALWAYS_PASSED, *names) if name in ours}
    # An empty or relative entry would look for programs in the current folder.
    path = [entry for entry in kept.get("PATH", "").split(":") if entry.startswith("/")]
    return {**kept, "PATH": ":".join(path) or os.defpath, "TERM": "dumb"}


def started(spec: ScriptSpec, args: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a script in a session of its own, both its outputs piped. Blocks for a moment.

    Raises:
        BadAnswer: It cannot be started.
    """
    program, *fixed = spec.argv
    try:
        return subprocess.Popen(  # noqa: S603 - what the operator's own file names, without a shell
            [at_home(program), *fixed, *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=allowed(spec.environment, os.environ),
            cwd=at_home(spec.folder),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        words = os.strerror(number).lower() if number else "bad argument"
        raise BadAnswer(
            SYSTEM,
            f"run {Foreign(spec.name).line(60)}",
            f"it cannot be started: {words}",
            advice="check its path, its folder and that it may be executed",
        ) from None


def at_home(path: str) -> str:
    """The path with `~/` at its start filled in."""
    home = os.environ.get("HOME", "")
    return f"{home}/{path[2:]}" if path.startswith("~/") and home else path
