"""The configuration file in use, or why there is none."""

from pathlib import Path
from typing import Final

from tui.config.paths import config_file, default_config_file
from tui.config.problems import ConfigError
from tui.exit_codes import CONFIGURATION
from tui.options import Options
from tui.told import tell

NO_CONFIGURATION: Final = (
    "there is no configuration yet. `quarterdeck init` writes a small one to {path}, "
    "`quarterdeck --demo` shows the wall without any."
)


def chosen_file(options: Options) -> Path:
    """The configuration in use.

    Raises:
        SystemExit: There is none, or two of equal right; the reason has been told.
    """
    try:
        path = config_file(options.config_path)
    except ConfigError as error:
        tell("\n".join(str(problem) for problem in error.problems))
        raise SystemExit(CONFIGURATION) from None
    if path is None:
        tell(f"quarterdeck: {NO_CONFIGURATION.format(path=default_config_file())}")
        raise SystemExit(CONFIGURATION)
    return path
