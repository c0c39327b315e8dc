"""The checker of vendors' specification files, made so that an exchange costs little.

openapi-core looks anew for every parameter and every answer where in the file it stands, and copies
all formats that it knows. Neither changes from one exchange to the next.
"""

from collections.abc import Callable
from copy import copy
from typing import Any, Final, Self

from jsonschema import FormatChecker
from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.casting.schemas.factories import SchemaCastersFactory

_PLACES: Final = 200_000
"""Places of a file that are kept when they have been found: more than the suite asks for."""


class _Formats(dict[str, Any]):
    """Formats that nobody adds to: a copy of them is themselves."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def found_once(document: dict[str, Any]) -> SchemaPath:
    """A file of which each place is looked for once."""
    return SchemaPath.from_dict(document, resolved_cache_maxsize=_PLACES)


def judge(document: dict[str, Any], streams: Callable[[bytes], Any]) -> OpenAPI:
    """A checker of the exchanges that a file speaks of.

    The file itself is not checked: test_client_validator does that once, and not every worker.

    Args:
        document: The file, prepared.
        streams: Reads a stream of objects, one a line, of which the files describe one.
    """
    path = found_once(document)
    known = OpenAPI(path, config=Config(spec_validator_cls=None))
    config = Config(
        spec_validator_cls=None,
        request_validator_cls=_frugal(known.request_validator_cls),
        response_validator_cls=_frugal(known.response_validator_cls),
        extra_media_type_deserializers={"application/stream+json": streams},
    )
    return OpenAPI(path, config=config)


def _frugal(validator: Any) -> Any:
    """A kind of validator that does the same without a copy of the formats for each value."""
    formats = FormatChecker(())
    validators = copy(validator.schema_validators_factory)
    formats.checkers = _Formats(validators.format_checker.checkers)
    validators.format_checker = formats
    casters = SchemaCastersFactory(validators, validator.schema_casters_factory.types_caster)
    shared = {"schema_validators_factory": validators, "schema_casters_factory": casters}
    return type(validator.__name__, (validator,), shared)
