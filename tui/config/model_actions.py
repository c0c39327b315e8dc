"""What may be done in a workspace: what its actions need to know besides what is watched."""

from tui.config.model_base import Setting


class Actions(Setting):
    """What actions need to know; each still asks the guard."""
