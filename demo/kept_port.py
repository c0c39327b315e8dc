"""A port of loopback that stays ours while nobody listens on it.

A port that is merely closed belongs to whoever asks for one next: another service cannot come back
to it then, and what is to be refused is answered by a stranger.
"""

import socket
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"


class KeptPort:
    """Holds a TCP port from its making to `free`; connections to it are refused meanwhile.

    On Linux another socket may listen on it beside this one, if it allows its address to be used
    again, as servers do: so it can be freed after they have come up.

    Args:
        port: Which; 0 for any that is free.
        host: Of loopback.

    Raises:
        OSError: Somebody else has it.
    """

    def __init__(self, port: int = 0, host: str = LOOPBACK) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._held = socket.socket(family)
        try:
            self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._held.bind((host, port))
        except OSError:
            self._held.close()
            raise
        self.port = int(self._held.getsockname()[1])

    def free(self) -> None:
        """Let it go; may be called twice."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.free()
