"""`python -m demo`, run as people run it: it ends with a signal, and takes commands."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo.folder import PREFIX, sweep
from demo.incident import CALM
from demo.world import World

ROOT = Path(__file__).parents[1]
BOUND_S = 20.0


def worlds(base: Path) -> list[Path]:
    return list(base.glob(f"*{PREFIX}*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_world_alone_ends_with_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "demo", "--script", "calm", "--no-database"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    lines = []
    for line in program.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    there = worlds(tmp_path)
    program.send_signal(number)
    rest, trouble = program.communicate(timeout=BOUND_S)

    assert any(line.startswith("lma-api-production ") for line in lines)
    assert any(line.startswith("configuration ") for line in lines)
    assert len(there) == 1
    assert program.returncode == 0
    assert (rest, trouble) == ("", "")
    assert worlds(tmp_path) == []


def test_commands_come_from_standard_input_too(tmp_path: Path) -> None:
    typed = "fault nobody hang\nfault 'render\nfault render hang --times 3\nheal\nquit\n"
    ended = subprocess.run(
        [sys.executable, "-m", "demo", "--control", "--no-database", "--script", "calm"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=BOUND_S,
    )

    assert ended.returncode == 0
    assert '"times": 3' in ended.stdout
    assert ended.stdout.rstrip().endswith("[]")
    assert ended.stderr.splitlines() == [
        "no such service: nobody",
        "fault 'render: No closing quotation",
    ]
    assert worlds(tmp_path) == []


START_AND_END = """
import asyncio, os, signal, sys
from demo.world import World

# Whoever runs the tests may ignore it (nohup), and children inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

async def main():
    world = World(database=False)
    await world.start()
    print(world.config_path, flush=True)
    if sys.argv[1] != "forget":
        os.kill(os.getpid(), int(sys.argv[1]))
        await asyncio.Event().wait()

asyncio.run(main())
"""


def start_and_end(folder: Path, how: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", START_AND_END, how],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=BOUND_S,
    )


@pytest.mark.parametrize(("how", "code"), [("forget", 0), ("15", -15), ("1", -1)])
def test_a_program_that_does_not_say_goodbye_leaves_no_folder(
    tmp_path: Path, how: str, code: int
) -> None:
    ended = start_and_end(tmp_path, how)

    assert ended.returncode == code
    assert str(tmp_path) in ended.stdout
    assert ended.stderr == ""
    assert worlds(tmp_path) == []


def test_what_a_killed_program_leaves_is_swept_away_by_the_next(tmp_path: Path) -> None:
    ended = start_and_end(tmp_path, "9")
    left = worlds(tmp_path)

    assert ended.returncode == -signal.SIGKILL
    assert left == [Path(ended.stdout.strip()).parent]
    assert sweep(tmp_path) == 1
    assert worlds(tmp_path) == []


def test_the_switches_say_so_when_there_is_no_world(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "demo", "fault", "render", "hang"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=BOUND_S,
    )

    assert told.returncode == 1
    assert "no demo world of yours is running" in told.stderr


async def test_the_switches_reach_a_running_world(tmp_path: Path) -> None:
    world = World(script=CALM, database=False)
    await world.start(tmp_path)
    try:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "demo", "fault", "render", "403", "--path", "/v1/users"),
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await asyncio.wait_for(program.communicate(), BOUND_S)
        active = world.faults.active
    finally:
        await world.stop()

    assert json.loads(told)[0]["path"] == "/v1/users"
    assert [(fault.service, fault.kind.value) for fault in active] == [("render", "403")]
