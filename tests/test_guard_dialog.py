"""The guard's dialog over a real door: what it shows, and that nothing but meaning it sends."""

from pathlib import Path

from actions.audit_entries import AuditKind
from tests.door_rig import acting
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_stage import Stage
from tui.screens.action import ActionScreen


async def test_all_of_it_given_sends_once(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.open_guard()
        dialog = rig.app.screen
        assert isinstance(dialog, GuardDialog)
        assert dialog.stage is Stage.SHOWN, rig.text()
        assert getattr(dialog.focused, "id", "") == "cancel"
        print(rig.text())

        await rig.fingers("tab")
        await rig.write("pool exhausted")
        await rig.fingers("tab", "tab", "tab")
        await rig.write("api")
        print(rig.text())
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        await rig.until(lambda: rig.door.state.running[-1].over)
        rig.app.draw()
        await rig.settle()
        print(rig.text())

        assert len(rig.service.posts) == 1
        kinds = [one.kind for one in await rig.door.entries()]
        assert kinds.count(AuditKind.INTENT) == kinds.count(AuditKind.OUTCOME) == 1
