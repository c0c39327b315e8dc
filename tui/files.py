"""The two files a screen writes: what was copied, and what ended it. Both for the owner alone."""

import os
from pathlib import Path


def write_private(folder: Path, name: str, text: str) -> Path:
    """Write a file 0600 in a folder 0700, replacing what was there.

    Raises:
        OSError: The folder or the file can not be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    fresh = folder / f".{name}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    fresh.replace(path)
    return path
