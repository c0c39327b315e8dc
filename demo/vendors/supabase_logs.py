"""Supabase's logs: what the services of a project would have written, worked out from the time."""

import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from demo.vendors.supabase_state import Project
from demo.vendors.wire import Refusal

Row = dict[str, object]

SLOT_S: Final = 10
_TABLE: Final = re.compile(r"\bfrom\s+(auth_logs|postgres_logs|edge_logs)\b", re.IGNORECASE)
_LIMIT: Final = re.compile(r"\blimit\s+([0-9]{1,4})\b", re.IGNORECASE)
_COUNTED: Final = re.compile(r"\bcount\(\*\) as attempts\b", re.IGNORECASE)
_MOST: Final = 1_000
_LONGEST: Final = timedelta(hours=24)
_PATHS: Final = ("/rest/v1/events", "/rest/v1/tickets", "/rest/v1/profiles", "/auth/v1/user")


def answered(project: Project, sql: str, start: datetime, end: datetime) -> list[Row]:
    """The rows of a question, newest first.

    Understands the tables `auth_logs`, `postgres_logs` and `edge_logs` and a `limit`, and the
    count of refused sign-ins by address.

    Raises:
        Refusal: The span is longer than a day, or the question is none of these.
    """
    if end - start > _LONGEST:
        raise Refusal(400, "bad_request", "The maximum time range is 24 hours")
    table = _TABLE.search(sql)
    if table is None:
        raise Refusal(400, "bad_query", "Could not parse the query")
    lines = _lines(project, table[1].lower(), start, end)
    if _COUNTED.search(sql):
        return _counted(lines)
    limit = _LIMIT.search(sql)
    newest_first = sorted(lines, key=lambda row: str(row["timestamp"]), reverse=True)
    return newest_first[: min(int(limit[1]) if limit else _MOST, _MOST)]


def _lines(project: Project, table: str, start: datetime, end: datetime) -> Iterator[Row]:
    write = _WRITERS[table]
    first = int(start.timestamp()) // SLOT_S
    last = int(end.timestamp()) // SLOT_S
    # A day has 8,640 slots; nobody reads more lines than fit into the last few hundred.
    for slot in range(max(first, last - _MOST), last + 1):
        noise = random.Random(f"{project.ref}/{table}/{slot}")
        at = datetime.fromtimestamp(slot * SLOT_S + noise.uniform(0, SLOT_S), start.tzinfo)
        for number, row in enumerate(write(project, at, noise)):
            moment = at + timedelta(milliseconds=7 * number)
            if start <= moment <= end:
                name = f"{project.ref}/{table}/{slot}/{number}"
                yield {
                    "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
                    "timestamp": round(moment.timestamp() * 1_000_000),
                    **row,
                }


def _auth(project: Project, at: datetime, noise: random.Random) -> Iterator[Row]:
    if noise.random() < 0.6:
        yield _signed_in(f"192.0.2.{noise.randint(1, 200)}")
    if noise.random() < 0.06:
        yield _refused(f"192.0.2.{noise.randint(1, 200)}")
    for attack in project.attacks:
        if at >= attack.since:
            for _ in range(round(attack.per_minute * SLOT_S / 60)):
                yield _refused(attack.address)


def _signed_in(address: str) -> Row:
    return {
        "event_message": "request completed",
        "level": "info",
        "status": 200,
        "path": "/token",
        "msg": "request completed",
        "error": None,
        "remote_addr": address,
    }


def _refused(address: str) -> Row:
    return {
        "event_message": "400: Invalid login credentials",
        "level": "info",
        "status": 400,
        "path": "/token",
        "msg": "400: Invalid login credentials",
        "error": "invalid_credentials",
        "remote_addr": address,
    }


def _postgres(project: Project, at: datetime, noise: random.Random) -> Iterator[Row]:
    strain = project.body.strain_at(at)
    if noise.random() < 0.25:
        yield _written(project, "LOG", "connection authorized: user=authenticator")
    if strain > 0.5 and noise.random() < strain:
        yield _written(
            project,
            "FATAL",
            "remaining connection slots are reserved for roles with the SUPERUSER attribute",
        )
    if strain > 0.3 and noise.random() < strain:
        yield _written(project, "ERROR", "canceling statement due to statement timeout")


def _written(project: Project, severity: str, message: str) -> Row:
    return {"identifier": project.ref, "event_message": message, "error_severity": severity}


def _edge(project: Project, at: datetime, noise: random.Random) -> Iterator[Row]:
    strain = project.body.strain_at(at)
    for _ in range(noise.randint(1, 3)):
        path = noise.choice(_PATHS)
        status = 503 if noise.random() < 0.4 * strain else 200
        yield {
            "identifier": project.ref,
            "event_message": f"GET | {status} | 192.0.2.{noise.randint(1, 200)} | {path}",
            "method": "GET",
            "path": path,
            "status_code": status,
        }


_WRITERS: Final[Mapping[str, Callable[[Project, datetime, random.Random], Iterator[Row]]]] = {
    "auth_logs": _auth,
    "postgres_logs": _postgres,
    "edge_logs": _edge,
}


def _counted(lines: Iterator[Row]) -> list[Row]:
    by_address: dict[str, int] = {}
    for row in lines:
        if row["status"] != 200:
            address = str(row["remote_addr"])
            by_address[address] = by_address.get(address, 0) + 1
    worst_first = sorted(by_address.items(), key=lambda item: -item[1])
    return [{"ip": address, "attempts": count} for address, count in worst_first]
