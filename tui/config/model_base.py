"""What all settings have in common."""

from pydantic import BaseModel, ConfigDict


class Setting(BaseModel):
    """A mapping of the file: no unknown keys, no silent conversions, no changes afterwards.

    Field names carry units (`every_s`), keys in the file do not (`every: 15s`): the file has its
    units in the values.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        validate_default=False,
    )
