"""What to do next about a failed exchange, a few words for each way of failing (promise P26)."""

import errno
from collections.abc import Mapping
from typing import Final

from providers.http_wire import Stage

BROKEN_OFF: Final = "a restart in progress, a firewall or a proxy on the way ends connections so"
UNANSWERED: Final = "a restart in progress, a proxy without a server behind it, or a wrong port"
CUT: Final = "its process may have died meanwhile, or a proxy gave up: look at the logs of both"
MALFORMED: Final = "see what it sends, with curl -v: the server or a proxy before it is at fault"
HTTP2: Final = "see whether it does so without http2 too; a proxy before it may be at fault"
PAST_LIMIT: Final = "nothing past it was read; see what it sends, with curl -v"
BESIDE_OTHERS: Final = "several sources answer far too much at once: look at the longest of them"
TOO_LONG_FOR_AN_API: Final = "no answer of its API should be so long: check its address"
OURS: Final = "check the address in the configuration, and this machine's resolver"
TLS_UNKNOWN: Final = "see what it offers, with openssl s_client -connect"
NOT_JSON: Final = "see what it answers, with curl; another program or a proxy may have answered"

AFTER_STAGE: Final[Mapping[Stage, str]] = {
    Stage.WAITING: "requests before it, or the look-up of its secret, took all the time",
    Stage.NAME: "the resolver of this machine is slow or silent: try the name with getent hosts",
    Stage.CONNECT: "the host is down, or a firewall drops what is sent to it; check the VPN",
    Stage.TLS: "it accepts connections and then is silent: a proxy, or a port without TLS",
    Stage.HEADERS: "it has the request: see in its logs what holds it up, or raise timeout",
    Stage.MORE_HEADERS: "it stopped in the middle of its headers: look at the proxy before it",
    Stage.BODY: "look at how much it sends, how fast and where it stops; or raise timeout",
}
"""For a deadline that passed there."""

OF_ERRNO: Final[Mapping[int, str]] = {
    errno.ECONNRESET: BROKEN_OFF,
    errno.ECONNABORTED: BROKEN_OFF,
    errno.EPIPE: BROKEN_OFF,
    errno.EHOSTUNREACH: "check the address, the VPN and the routes",
    errno.ENETUNREACH: "check this machine's network, the VPN and the routes",
    errno.ENETDOWN: "check this machine's network",
    errno.EHOSTDOWN: "see whether the host runs",
    errno.ETIMEDOUT: AFTER_STAGE[Stage.CONNECT],
    errno.EADDRNOTAVAIL: "check this machine's addresses, and how many connections it has open",
    errno.EACCES: "a firewall or a sandbox of this machine forbids it",
    errno.EPERM: "a firewall or a sandbox of this machine forbids it",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "see what holds so many files open on this machine",
}


def about_body_limit(limit_bytes: int, most_bytes: int) -> str:
    """For an endpoint whose body is longer than it may be.

    Args:
        limit_bytes: The `body_limit` of its check.
        most_bytes: The most that `body_limit` may be.
    """
    if limit_bytes >= most_bytes:
        return "no more is ever read: check a path that answers with less"
    return "check a path that answers with less, or raise body_limit in the configuration"
