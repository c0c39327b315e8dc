"""The command line as a user meets it: a process, its output, its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.forked_program import Done, forked
from tui.exit_codes import NOT_WRITTEN
from tui.guard import LastWords

ROOT = Path(__file__).resolve().parent.parent


def run(
    *arguments: str, home: Path, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command with a home of its own and no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=ROOT,
        env=surroundings(home, environment),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=50,
    )


def again(*arguments: str, home: Path, **environment: str) -> Done:
    """The same for a command that another test, or this one before, has started anew."""
    return forked(*arguments, environment=surroundings(home, environment))


def surroundings(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment of somebody with a home and no settings of their own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUARTERDECK_")}
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        kept.pop(name, None)
    return {**kept, "HOME": str(home), "COLUMNS": "100", **more}


def test_version_and_help_load_no_screen_and_no_client(tmp_path: Path) -> None:
    said = run("--version", home=tmp_path)
    assert said.returncode == 0
    assert said.stdout.startswith("quarterdeck ")
    script = (
        "import sys, tui.cli\n"
        "try: tui.cli.quarterdeck.main(['--help'], standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "heavy = {'textual', 'httpx', 'asyncpg', 'pydantic', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["status", "doctor", "check"])
def test_without_a_configuration_it_says_what_to_do(tmp_path: Path, command: str) -> None:
    done = again(command, home=tmp_path)
    assert done.returncode == 78
    assert "quarterdeck init" in done.stderr
    assert "--demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_command_is_answered_with_the_nearest(tmp_path: Path) -> None:
    done = run("statsu", home=tmp_path)
    assert done.returncode == 64
    assert "did you mean status?" in done.stderr


def test_init_writes_a_private_configuration_that_is_sound(tmp_path: Path) -> None:
    assert run("init", home=tmp_path).returncode == 0
    path = tmp_path / ".config" / "quarterdeck" / "config.yaml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert again("check", home=tmp_path).returncode == 0
    second = again("init", home=tmp_path)
    assert second.returncode == 1
    assert "--force" in second.stderr


def test_a_configuration_in_the_current_folder_is_never_taken(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("version: 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "tui", "check"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 78
    assert "no configuration yet" in done.stderr


def test_check_lists_every_problem_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1\nsetings: {}\nworkspaces:\n  lma: {title: LMA, environments: {}}\n")
    done = again("check", str(path), home=tmp_path)
    assert done.returncode == 78
    assert f"{path}:2:1: setings:" in done.stderr
    assert "did you mean settings?" in done.stderr


def test_the_variable_names_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.yaml"
    again("--config", str(path), "init", home=tmp_path)
    done = again("check", home=tmp_path, QUARTERDECK_CONFIG=str(path))
    assert done.returncode == 0
    assert str(path) in done.stdout


def test_the_schema_is_a_json_schema_that_accepts_the_example(tmp_path: Path) -> None:
    import jsonschema
    import yaml

    schema = json.loads(run("schema", home=tmp_path).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    example = run("example", home=tmp_path).stdout
    jsonschema.validate(yaml.load(example, yaml.CSafeLoader), schema)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(tmp_path: Path, shell: str) -> None:
    done = run("completion", shell, home=tmp_path)
    assert done.returncode == 0
    assert "_QUARTERDECK_COMPLETE" in done.stdout


def test_a_full_disk_is_no_bug_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        with pytest.raises(SystemExit) as left, LastWords():
            os.write(full, b"quarterdeck status")
    finally:
        os.close(full)
    assert left.value.code == NOT_WRITTEN
    said = "quarterdeck: the output can not be written: No space left on device\n"
    assert capsys.readouterr().err == said


def test_paths_and_keys_are_told(tmp_path: Path) -> None:
    assert str(tmp_path) in run("paths", home=tmp_path).stdout
    assert "quit" in run("keys", home=tmp_path).stdout


def test_secrets_are_stored_listed_and_deleted_without_being_printed(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    kept = tmp_path / "kept" / "token"
    path.write_text(
        "version: 1\n"
        f"secrets:\n  mine: {{file: {kept}}}\n"
        "workspaces:\n  lma:\n    title: LMA\n    environments: {production: {label: PROD}}\n"
    )
    listed = again("--config", str(path), "secret", "list", home=tmp_path)
    assert listed.returncode == 1
    assert "missing" in listed.stdout
    stored = run(
        "--config", str(path), "secret", "set", "mine", home=tmp_path, stdin="s3cret-value\n"
    )
    assert stored.returncode == 0, stored.stderr
    assert kept.read_text().strip() == "s3cret-value"
    assert kept.stat().st_mode & 0o777 == 0o600
    listed = again("--config", str(path), "secret", "list", home=tmp_path)
    assert "there" in listed.stdout
    assert "s3cret-value" not in stored.stdout + stored.stderr + listed.stdout
    assert again("--config", str(path), "secret", "delete", "mine", home=tmp_path).returncode == 0
    assert not kept.exists()
    wrong = run("--config", str(path), "secret", "set", "mien", home=tmp_path, stdin="x\n")
    assert "did you mean mine?" in wrong.stderr


def test_status_asks_what_is_configured_and_leaves_with_its_level(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "version: 1\n"
        "workspaces:\n  lma:\n    title: LMA\n"
        "    environments: {production: {label: PROD}, staging: {label: STG}}\n"
        "    services:\n      api:\n        title: API\n"
        "        checks: {health: {path: /health, timeout: 500ms}}\n"
        '        environments: {production: {url: "http://127.0.0.1:9"},'
        ' staging: {url: "http://[::1]:9"}}\n'
    )
    done = run("--config", str(path), "--env", "production", "status", "--json", home=tmp_path)
    assert done.returncode == 2, done.stderr
    document = json.loads(done.stdout)
    (cell,) = document["workspaces"]["lma"]["endpoints"]
    assert cell["state"] == "down"
    assert "refused" in cell["failure"]["sentence"]
    wrong = again("--config", str(path), "--env", "stagging", "status", home=tmp_path)
    assert wrong.returncode == 64
    assert "there are: production, staging" in wrong.stderr
    text = again("--config", str(path), home=tmp_path)
    assert text.returncode == 2
    assert "CRIT" in text.stdout
    assert "terminal" in text.stderr
