"""Build the wheel, install it in a clean environment, run the suite against it from elsewhere.

An editable install hides what packaging forgets: a data file, a package, a dependency. Run as
`python -m tests.wheel_check`; it needs the package index, as the set-up does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "dev.lock"
# What the tests read besides the installed packages.
CARRIED = (
    "tests",
    "benchmarks",
    "docs",
    "requirements",
    "README.md",
    "SECURITY.md",
    "config.example.yaml",
    "quarterdeck.schema.json",
    "pyproject.toml",
)


def _run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> None:
    words = [str(word) for word in command]
    print(f"wheel: {' '.join(words[:6])}", flush=True)
    subprocess.run(words, cwd=cwd, env=env, check=True)


def _install(folder: Path) -> Path:
    """A fresh environment with the wheel; returns its Python."""
    _run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "-o",
        folder / "dist",
        ROOT,
        cwd=folder,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    _run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(python, ROOT / "requirements" / "install.py", LOCK, cwd=folder)
    _run(*pip, "--no-deps", wheel, cwd=folder)
    # Some package or other has a file that is none of this Python's.
    subprocess.run([python, "-m", "compileall", "-q", "-j", "3", folder / "venv" / "lib"])
    return python


def _carry_tests(folder: Path) -> Path:
    """The tests, without the sources beside them."""
    place = folder / "elsewhere"
    place.mkdir()
    for name in CARRIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, place / name)
    return place


def main() -> None:
    """Leave with 0 when the wheel passes the suite."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-wheel-") as name:
        folder = Path(name)
        # As root the test database runs as somebody else, who has to reach its programs.
        folder.chmod(0o755)
        python = _install(folder)
        place = _carry_tests(folder)
        specs = os.environ.get("QUARTERDECK_SPECS", str(ROOT.parent / "shared" / "specs"))
        # The workers read from each other's bytecode, whatever the environment says of writing it.
        env = {**os.environ, "QUARTERDECK_SPECS": specs, "PYTHONDONTWRITEBYTECODE": ""}
        _run(python, "-m", "pytest", "-n", "4", "--dist", "loadgroup", cwd=place, env=env)
        _run(folder / "venv" / "bin" / "quarterdeck", "--version", cwd=place)
    print("wheel: the suite passes against the installed wheel")


if __name__ == "__main__":
    main()
