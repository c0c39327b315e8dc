"""What keeps the start short, and that nothing is missing for it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from tui.config.content import content
from tui.config.kept import keep
from tui.config.load import load
from tui.first_answers import FirstAnswers

ROOT = Path(__file__).parent.parent


def run(script: str, *arguments: str, **variables: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=30, env={**os.environ, **variables},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nobody_waits_for_answers_that_no_screen_expects() -> None:
    waiting = threading.Thread(target=FirstAnswers().wait, daemon=True)
    waiting.start()
    waiting.join(10)
    assert not waiting.is_alive()


def test_whoever_waits_goes_on_when_the_answers_are_shown() -> None:
    answers, over = FirstAnswers(), threading.Event()

    def wait() -> None:
        answers.wait()
        over.set()

    answers.expect()
    threading.Thread(target=wait, daemon=True).start()
    assert not over.is_set()
    answers.shown()
    assert over.wait(10)


def test_what_waits_for_the_answers_is_done_once_and_at_once_when_nobody_expects_any() -> None:
    answers, done = FirstAnswers(), list[str]()
    answers.then(lambda: done.append("at once"))
    answers.expect()
    answers.then(lambda: done.append("then"))
    assert done == ["at once"]
    answers.shown()
    answers.shown()
    assert done == ["at once", "then"]


def test_texts_that_were_measured_are_not_kept_by_the_thousand() -> None:
    said = run(
        "from tui.terminal_imports import import_textual\n"
        "import_textual()\n"
        "import rich.segment, textual._cells\n"
        "from rich.cells import cell_len\n"
        "for number in range(2_000): cell_len(f'▁{number}')\n"
        "kept = {id(each.cached_cell_len) for each in (rich.cells, rich.segment)}\n"
        "print(len(kept), textual._cells.cell_len.cache_info().currsize, cell_len('▁東京'))\n"
    )
    assert said == "1 512 5"


def test_textual_is_loaded_without_its_palette_and_gives_it_to_whoever_asks() -> None:
    said = run(
        "import sys\n"
        "from tui.terminal_imports import import_textual\n"
        "import_textual()\n"
        "assert 'textual.app' in sys.modules\n"
        "late = {'textual.command', 'textual.widgets._input', 'rich.table', 'rich.tree'}\n"
        "print(sorted(late & set(sys.modules)))\n"
        "from textual.command import CommandPalette\n"
        "from textual.screen import Screen\n"
        "from rich.table import Table\n"
        "from rich.tree import Tree\n"
        "print(issubclass(CommandPalette, Screen), Table.grid().columns, Tree('a').children)\n"
    )
    assert said.splitlines() == ["[]", "True [] []"]


def test_the_first_picture_loads_none_of_what_it_does_not_show() -> None:
    said = run(
        "import sys\n"
        "import tui.entry, tui.launch\n"
        "from tui.terminal_imports import import_textual\n"
        "import_textual()\n"
        "import tui.app\n"
        "late = {'click', 'yaml', 'pydantic', 'httpx', 'httpcore', 'h11', 'anyio', 'asyncpg',\n"
        "        'plotext', 'sqlite3', 'keyring', 'textual.command', 'monitor.engine'}\n"
        "print(sorted(late & set(sys.modules)))\n"
    )
    assert said == "[]"


def test_first_answers_over_http_1_need_no_second_library() -> None:
    said = run(
        "import sys\n"
        "import providers.endpoint, providers.http\n"
        "print(sorted({'httpcore', 'anyio', 'h2', 'httpx', 'http.cookiejar'} & set(sys.modules)))\n"
    )
    assert said == "[]"


def test_the_tables_for_names_in_other_scripts_are_loaded_for_such_a_name() -> None:
    said = run(
        "import sys\n"
        "from providers.http_libraries import urlparse\n"
        "print(urlparse('https://example.com/').host, 'idna' in sys.modules)\n"
        "print(urlparse('https://b\u00fccher.example/').host, 'idna' in sys.modules)\n"
    )
    assert said == "example.com False\nxn--bcher-kva.example True"


def test_building_the_sources_of_any_system_judges_no_configuration() -> None:
    said = run(
        "import sys\n"
        "from tui.wire_systems import WIRES, wire_of\n"
        "for kind in WIRES:\n"
        "    wire_of(kind)\n"
        "print('pydantic' in sys.modules)\n"
    )
    assert said == "False"


def test_building_every_source_loads_no_vendor(tmp_path: Path) -> None:
    example = ROOT / "config.example.yaml"
    keep(tmp_path, content(example), load(example))
    said = run(
        "import sys\n"
        "from pathlib import Path\n"
        "from providers.clock import SystemClock\n"
        "from tui.config.content import content\n"
        "from tui.config.kept import kept\n"
        "from tui.wire_clients import clients\n"
        "from tui.wire_sources import sources\n"
        "clock = SystemClock()\n"
        "config = kept(Path(sys.argv[1]), content(Path('config.example.yaml')))\n"
        "print(len(list(sources(config, clients(config, clock), clock))) > 40)\n"
        "vendors = 'vercel render github stripe resend sentry slack pagerduty supabase google '\n"
        "vendors += 'script statuspage'\n"
        "print([name for name in sys.modules for each in vendors.split()\n"
        "       if name.startswith('providers.' + each)], 'providers.http' in sys.modules)\n",
        str(tmp_path),
    )
    assert said.splitlines() == ["True", "[] False"]


def test_the_first_requests_wait_for_no_engine_no_history_and_no_vendor() -> None:
    said = run(
        "import sys\n"
        "import tui.ahead, providers.endpoint\n"
        "from providers.http_address import parse_address\n"
        "parse_address('https://api.example.com:8443/health/live')\n"
        "late = {'monitor.engine', 'monitor.history', 'sqlite3', 'statistics', 'tui.wiring',\n"
        "        'providers.vercel', 'providers.vendor', 'asyncpg', 'jmespath', 'idna',\n"
        "        'providers.http_libraries', 'providers.endpoint_harvest'}\n"
        "print(sorted(late & set(sys.modules)))\n"
    )
    assert said == "[]"


def test_nothing_of_the_door_for_actions_is_loaded_before_the_first_live_data() -> None:
    said = run(
        "import sys\n"
        "import tui.entry, tui.launch\n"
        "from tui.terminal_imports import import_textual\n"
        "import_textual()\n"
        "import tui.app, tui.ahead, tui.wiring\n"
        "early = [name for name in sys.modules if name.partition('.')[0] == 'actions']\n"
        "print(sorted({*early, *({'tui.wire_door', 'tui.wire_actions'} & set(sys.modules))}))\n"
    )
    assert said == "[]"


IDLE = """
import asyncio, sys
from pathlib import Path
from monitor.engine import Engine
from monitor.history import History
from tests.fakes import ManualClock, settle
from tui.config.content import content
from tui.config.kept import kept
from tui.doorway import Doorway
from tui.wire_policy import audit_place


async def until(holds):
    async with asyncio.timeout(20):
        while not holds():
            await clock.until_asleep()
            clock.advance(3)
            await settle()


def loaded():
    return {name for name in sys.modules if name.startswith(("actions.", "tui.door_watch"))
            or name in {"tui.wire_door", "tui.wire_actions", "tui.acting"}}


async def main():
    config = kept(Path(sys.argv[1]), content(Path("config.example.yaml")))
    engine = Engine([], [], History.open(None, clock), clock)
    doorway = Doorway(clock, read_only=False)
    doorway.open(engine, config, None)
    await until(lambda: engine.door is not None)
    hung_s = clock.now().tick_s
    await until(lambda: clock.now().tick_s - hung_s > 12)
    print(sorted(loaded()), engine.door.state, engine.door.refusal("lma", "staging"))
    audit_place(config).write_bytes(b"")
    await until(lambda: engine.door.state is not None)
    print(loaded() >= {"actions.door", "actions.runner"})
    await doorway.aclose()


clock = ManualClock()
asyncio.run(main())
"""


def test_nothing_of_the_door_is_loaded_while_nobody_acts(tmp_path: Path) -> None:
    example = ROOT / "config.example.yaml"
    keep(tmp_path, content(example), load(example))
    said = run(IDLE, str(tmp_path), XDG_STATE_HOME=str(tmp_path)).splitlines()
    idle = "['actions.audit_names', 'actions.policy'] None read-only: settings.read_only is true"
    assert said == [idle, "True"]


def test_the_door_is_opened_without_any_verb() -> None:
    said = run(
        "import sys\n"
        "import tui.wire_door\n"
        "print(sorted(name for name in sys.modules if name.startswith('tui.wire_verbs')))\n"
    )
    assert said == "[]"


def test_making_the_verbs_judges_no_configuration() -> None:
    said = run(
        "import sys\n"
        "from importlib import import_module\n"
        "from tui.wire_door import MODULES\n"
        "for name in MODULES:\n"
        "    import_module(name)\n"
        "print('pydantic' in sys.modules)\n"
    )
    assert said == "False"
