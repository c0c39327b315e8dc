"""Identities as the vendors write them; the same name always gives the same one."""

import base64
import hashlib


def token(*parts: object, length: int = 20) -> str:
    """`length` lower-case letters and digits that stand for `parts`."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    # Five bytes make eight letters; more of them than are asked for cost as much.
    enough = -(-length // 8) * 5
    return base64.b32encode(digest[:enough]).decode().lower().rstrip("=")[:length]


def vercel(kind: str, *parts: object) -> str:
    """Such as `dpl_…`, `prj_…`, `team_…`."""
    return f"{kind}_{token(kind, *parts, length=24)}"


def render(kind: str, *parts: object) -> str:
    """Such as `srv-…`, `dep-…`, `tea-…`."""
    return f"{kind}-{token(kind, *parts, length=20)}"


def github(*parts: object) -> int:
    """A number of ten digits."""
    digest = hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()
    return 1_000_000_000 + int.from_bytes(digest[:6], "big") % 8_000_000_000


def sha(short: str) -> str:
    """A full commit hash that begins with the seven characters `short`."""
    return (short + hashlib.sha1(short.encode(), usedforsecurity=False).hexdigest())[:40]
