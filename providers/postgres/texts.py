"""Texts made harmless once, for the same ones come with every look."""

from binascii import a2b_base64
from typing import Final

from providers.postgres.rows import foreign
from providers.secrets import secrets_known
from providers.text import EMPTY, Foreign

_MOST_KEPT: Final = 1024 * 1024
"""Characters of base64; when there are more, all are forgotten."""


class Texts:
    """Makes texts of base64, and keeps them until there are too many or a secret is learnt."""

    def __init__(self) -> None:
        self._kept: dict[str, Foreign] = {}
        self._size = 0
        self._secrets = 0

    def out_of_date(self) -> bool:
        """Whether a secret was learnt since the last call, and so all texts were forgotten."""
        secrets = secrets_known()
        if secrets == self._secrets:
            return False
        self._secrets = secrets
        self._forget()
        return True

    def _forget(self) -> None:
        self._kept, self._size = {}, 0

    def of(self, encoded: str | None) -> Foreign:
        """The text behind this base64; empty for None.

        Raises:
            ValueError: It is no base64.
        """
        if not encoded:
            return EMPTY
        return self._kept.get(encoded) or self._new(encoded)

    def _new(self, encoded: str) -> Foreign:
        text = foreign(a2b_base64(encoded))
        self._size += len(encoded)
        if self._size > _MOST_KEPT:
            self._forget()
        self._kept[encoded] = text
        return text
