"""The commands that lead to an action; each ends at the guard, none sends anything by itself."""

from typing import Final

from tui.command import Command, Group, Scope, declared

_ROW: Final = (Scope.ROWS, Group.ACTIONS)
_ANYWHERE: Final = (Scope.EVERYWHERE, Group.ACTIONS)
_LIST: Final = (Scope.ACTIVITY, Group.ACTIONS)


def _verb(letter: str, name: str, label: str, text: str) -> Command:
    return declared(f"act-{name} {letter}", label, text, _ROW, action=f"act('{letter}')")


ACTIONS: Final = (
    declared(
        "actions x",
        "actions…",
        "List all that can be done to the row, with its keys; what is refused says why.",
        _ROW,
        action="actions",
    ),
    _verb("B", "rollback", "rollback…", "Look at rolling the row's service back."),
    _verb("R", "restart", "restart…", "Look at restarting the row's service or database."),
    _verb("D", "deploy", "deploy…", "Look at deploying the row's service or commit."),
    _verb("K", "end", "end…", "Look at ending the row's build, run or session."),
    _verb("C", "cancel", "cancel…", "Look at cancelling the row's query, or what it offers."),
    _verb(
        "V",
        "revoke",
        "revoke…",
        "Look at revoking sessions: of the row's user, or of an address.",
    ),
    _verb("A", "page-ack", "ack page…", "Look at acknowledging the row's incident at its vendor."),
    _verb("P", "page", "page…", "Look at paging somebody about the row."),
    declared(
        "activity X",
        "activity",
        "List actions under way and over, what can be taken back, and the audit.",
        _ANYWHERE,
        action="activity",
    ),
    declared(
        "arm W",
        "arm…",
        "Arm an environment for a while, so that actions can be confirmed there; or disarm it.",
        _ANYWHERE,
        action="arm",
    ),
    declared(
        "undo U",
        "undo…",
        "Of an action: look at taking it back.",
        _LIST,
        action="undo",
    ),
    declared(
        "read-back r",
        "read back",
        "Of an action whose end nobody knows: ask the other side now what became of it.",
        _LIST,
        action="read_back",
    ),
    declared(
        "audit-export e",
        "export",
        "In the list of actions: write the audit to a file, as JSON lines.",
        _LIST,
        action="export('jsonl')",
    ),
    declared(
        "audit-table E",
        "table",
        "In the list of actions: write the audit to a file, as a table (CSV).",
        _LIST,
        action="export('csv')",
    ),
    declared(
        "audit-verify v",
        "verify",
        "In the list of actions: look whether every entry of the audit is there and unchanged.",
        _LIST,
        action="verify",
    ),
)
