"""The error of a configuration that broke while the wall was opening."""

import click

from tui.exit_codes import CONFIGURATION


class Unsound(click.ClickException):
    """The configuration broke between the first picture and its reading."""

    exit_code = CONFIGURATION
