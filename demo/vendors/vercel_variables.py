"""Vercel: the environment variables of a project."""

from datetime import datetime

from msgspec import Struct

from demo import ids
from demo.vendors.wire import epoch_ms


class Variable(Struct, frozen=True, kw_only=True):
    """One environment variable; the demo knows no value of it."""

    key: str
    targets: tuple[str, ...]
    changed_at: datetime
    type: str = "encrypted"


def variable(project_id: str, shown: Variable) -> dict[str, object]:
    """A variable as a project lists it: the value is there, encrypted or plain."""
    sealed = shown.type in {"encrypted", "sensitive"}
    return {
        "id": ids.vercel("env", project_id, shown.key, *shown.targets),
        "key": shown.key,
        "value": "" if shown.type == "sensitive" else "eyJ2IjoidjIifQ==" if sealed else "demo",
        "type": shown.type,
        "target": list(shown.targets),
        "configurationId": None,
        "createdAt": epoch_ms(shown.changed_at),
        "updatedAt": epoch_ms(shown.changed_at),
        "decrypted": False,
    }
