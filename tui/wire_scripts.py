"""The sources of scripts and backups: one for all of them, and one for each that runs by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.config.paths import state_dir
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.script_mapping import BackupOptions, ScriptOptions
    from providers.script_runs import RunView, ScriptRuns
    from providers.script_sources import Kept
    from tui.config.model_scripts import Script, ScriptsSystem
    from tui.config.model_system import SystemSetting
    from tui.config.model_workspace import Workspace

_MAIN: Final = ("backup_age_s", "backup_size_bytes", "scripts_failed")
_CHECK: Final = ("exit_code", "duration_s", "failed")
METRICS: Final[Mapping[str, tuple[str, ...]]] = {"": _MAIN}
_SYSTEM: Final = "Scripts"
_MODULE: Final = "providers.script_sources"
_TIMEOUT_S: Final = 10.0
_GRACE_S: Final = 5.0
"""Beyond a script's own limit, to kill it and read its last words."""


def metrics(setting: SystemSetting, _workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """The main source's, and those of each check by its name."""
    scripts: Mapping[str, Script] = getattr(setting, "scripts", {})
    return {"": _MAIN, **{name: _CHECK for name, each in scripts.items() if each.check}}


def sources(place: Place[ScriptsSystem]) -> Iterator[Source]:
    """All sources; runs nothing."""
    setting = place.setting
    runs = cache(partial(_runs, place))
    spec = place.spec(_SYSTEM, Area.SCRIPTS, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    yield place.late(spec, _MODULE, partial(_scripts, runs))
    for name, script in setting.scripts.items():
        if script.check:
            check = place.spec(
                _SYSTEM,
                Area.SCRIPTS,
                interval_s=script.every_s,
                timeout_s=script.timeout_s + _GRACE_S,
                part=name,
            )
            yield place.late(check, _MODULE, partial(_check, name, runs))


def _runs(place: Place[ScriptsSystem]) -> ScriptRuns:
    from providers.script_runs import ScriptRuns

    return ScriptRuns(place.clock)


def _scripts(
    runs: Callable[[], ScriptRuns], place: Place[ScriptsSystem], spec: SourceSpec
) -> Source:
    from providers.script_sources import ScriptsSource

    scripts, backups = script_options(place.setting), backup_options(place.setting)
    return ScriptsSource(spec, spec.title, scripts, backups, runs(), place.clock, _kept(place))


def _check(
    name: str, runs: Callable[[], ScriptRuns], place: Place[ScriptsSystem], spec: SourceSpec
) -> Source:
    from providers.script_sources import CheckSource

    (given,) = (each for each in script_options(place.setting) if each.spec.name == name)
    return CheckSource(spec, given, runs(), place.clock)


def script_options(setting: ScriptsSystem) -> tuple[ScriptOptions, ...]:
    """The scripts of a system as they are to be run."""
    from providers.script_mapping import ScriptOptions
    from providers.scripts import ScriptSpec

    return tuple(
        ScriptOptions(
            spec=ScriptSpec(
                name=name,
                argv=each.argv,
                folder=setting.folder,
                timeout_s=each.timeout_s,
                environment=setting.environment_variables,
            ),
            title=each.title,
            check=each.check,
        )
        for name, each in setting.scripts.items()
    )


def backup_options(setting: ScriptsSystem) -> tuple[BackupOptions, ...]:
    """The folders of backups of a system as they are to be looked into."""
    from providers.script_mapping import BackupOptions

    return tuple(
        BackupOptions(
            key=f"backups-{name}",
            title=each.title,
            folder=each.folder,
            pattern=each.files,
            warning_s=each.warning_s,
            critical_s=each.critical_s,
            least_bytes=each.least_size_bytes,
        )
        for name, each in setting.backups.items()
    )


def _kept(place: Place[ScriptsSystem]) -> Kept:
    """What actions wrote down of their runs; nothing of them is loaded before it is asked for."""
    workspace, system, clock = place.workspace, place.name, place.clock

    def kept(name: str) -> RunView | None:
        folder = state_dir() / "scripts"
        if not folder.is_dir():
            return None
        from actions.scripts.views import view_of

        return view_of(folder, f"{workspace}-{system}-{name}", name, clock.now().at)

    return kept
