"""The commits of both products, as the deploys of the past days carry them."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from demo import ids


class Author(Struct, frozen=True, kw_only=True):
    """Somebody who commits."""

    login: str
    name: str
    email: str


class Commit(Struct, frozen=True, kw_only=True):
    """One commit."""

    sha: str
    message: str
    author: Author
    at: datetime
    branch: str = "main"

    @property
    def short(self) -> str:
        """The seven characters people read."""
        return self.sha[:7]


def _author(login: str, name: str, domain: str) -> Author:
    return Author(login=login, name=name, email=f"{login}@{domain}")


MARIA: Final = _author("maria", "Maria Okafor", "lma.com")
DENIZ: Final = _author("deniz", "Deniz Aydın", "lma.com")
IVAN: Final = _author("ivan", "Ivan Petrov", "lma.com")
ANA: Final = _author("ana", "Ana Sousa", "localloop.com")
TOM: Final = _author("tom", "Tom Becker", "localloop.com")

AUTHORS: Final = {author.login: author for author in (MARIA, DENIZ, IVAN, ANA, TOM)}

POOL_RAISE: Final = "7d20b5e"
"""The commit that brings the API down: every instance opens four times the connections."""


def commit(short: str, message: str, author: Author, at: datetime, branch: str = "main") -> Commit:
    """A commit by the seven characters people read."""
    return Commit(sha=ids.sha(short), message=message, author=author, at=at, branch=branch)
