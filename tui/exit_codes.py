"""The exit codes that are not a command's own (sysexits.h)."""

from typing import Final

USAGE: Final = 64
"""The command line makes no sense."""

NO_INPUT: Final = 66
"""What was to be read is not there."""

SOFTWARE_ERROR: Final = 70
"""A bug of ours."""

CONFIGURATION: Final = 78
"""The configuration can not be used."""

NOT_WRITTEN: Final = 74
"""What was to be kept can not be written."""
