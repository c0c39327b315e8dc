"""The JSON Schema of the file, for editors; `quarterdeck schema` prints it."""

from typing import Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tui.config.durations import format_duration, format_size
from tui.config.model import Config

FILE_NAME: Final = "quarterdeck.schema.json"
"""What the first line of a configuration points to, beside the file itself."""


def json_schema() -> dict[str, object]:
    """The schema of the whole file, draft 2020-12.

    It knows keys and kinds of values; what names refer to, only `check` can say.
    """
    schema = Config.model_json_schema(schema_generator=_Generator)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **schema,
        "title": "Quarterdeck configuration",
    }


class _Generator(GenerateJsonSchema):
    """Writes defaults as the file does and not as the program keeps them."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        default = made.get("default")
        if default is None:
            made.pop("default", None)
        elif made.get("type") == "string" and isinstance(default, float):
            made["default"] = format_duration(default)
        elif made.get("type") == "string" and isinstance(default, int):
            made["default"] = format_size(default)
        elif isinstance(default, dict):
            made["default"] = {key: each for key, each in default.items() if each is not None}
        return made
