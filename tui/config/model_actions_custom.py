"""Actions of your own: a request, statements, or a program, with typed parameters."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_services import Assertion
from tui.config.values import EnvironmentVariable, Name, UrlPath

Word = Annotated[str, Field(min_length=1, max_length=4096)]
Sql = Annotated[str, Field(min_length=1, max_length=10_000)]
QueryName = Annotated[str, Field(min_length=1, max_length=100)]
QueryValue = Annotated[str, Field(max_length=1_000)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
MEANS = ("http", "sql", "script")


class CustomParameter(Setting):
    """What an operator says besides the target."""

    title: str = Field(min_length=1, max_length=80, description="Its name in the form.")
    type: Literal["text", "number", "choice", "flag"] = Field(
        default="text", description="What it is: text, number, choice or flag (true or false)."
    )
    pattern: str | None = Field(
        default=None,
        min_length=1,
        max_length=300,
        description="Of a text: a regular expression that all of it has to match.",
    )
    longest: int = Field(default=200, ge=1, le=500, description="Of a text: its characters.")
    minimum: float | None = Field(default=None, description="Of a number: the smallest.")
    maximum: float | None = Field(default=None, description="Of a number: the largest.")
    whole: bool = Field(default=True, description="Of a number: no fraction.")
    choices: tuple[Line, ...] = Field(
        default=(), max_length=50, description="Of a choice: what there is to choose from."
    )
    default: str = Field(default="", max_length=500, description="Proposed in the form.")
    required: bool = Field(default=True, description="Whether it may not be left empty.")


class CustomHttp(Setting):
    """One request. {name} is a parameter, or what the row says: service, database, user."""

    account: Name = Field(description="The account whose address and action secret are used.")
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = Field(
        default="POST", description="How it is asked."
    )
    path: UrlPath = Field(
        max_length=1_000,
        description="Below the account's address; a value stays within its segment, encoded.",
    )
    query: Mapping[QueryName, QueryValue] = Field(
        default={}, max_length=32, description="The query, by name; values are encoded."
    )
    json_body: str | None = Field(
        default=None,
        alias="json",
        min_length=1,
        max_length=10_000,
        description="The body as JSON. {name} within a text there is a value; a text that is "
        "{name} alone takes the value's own type.",
    )


class CustomStatement(Setting):
    """One statement of the transaction."""

    title: str = Field(min_length=1, max_length=80, description="What it does, in words.")
    sql: Sql = Field(
        description="One command, names with their schema; values as $1, $2 and nothing else."
    )
    values: tuple[Name, ...] = Field(
        default=(),
        max_length=20,
        description="What $1, $2 … are: parameters, service, database, user, environment, "
        "workspace, or operator, reason, request and incident.",
    )
    rows: int | None = Field(
        ge=0,
        description="Exactly so many rows are changed, or all of it is rolled back; null: no "
        "matter.",
    )


class CustomSql(Setting):
    """Statements in one transaction, as the actions' login of the database."""

    database: Name = Field(description="The database, of `databases`.")
    statements: tuple[CustomStatement, ...] = Field(
        min_length=1, max_length=20, description="Carried out in this order, all or nothing."
    )


class CustomScript(Setting):
    """One program, without a shell; {name} within a word is replaced there alone."""

    argv: tuple[Word, ...] = Field(
        min_length=1,
        max_length=64,
        description="The program by its whole path, and its words; the program takes no value.",
    )
    folder: str = Field(
        default="/",
        min_length=1,
        max_length=1024,
        description="Where it runs: a whole path, or one from ~/ on.",
    )
    timeout_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=600.0,
        alias="timeout",
        description="How long it may take; then it is killed with all it started.",
    )
    environment_variables: tuple[EnvironmentVariable, ...] = Field(
        default=(), max_length=64, description="Variables it may see, besides the harmless ones."
    )


class VerifyHttp(Setting):
    """A GET whose answer says whether what was wanted is so."""

    account: Name = Field(description="The account that is asked.")
    path: UrlPath = Field(max_length=1_000, description="As for the request.")
    query: Mapping[QueryName, QueryValue] = Field(
        default={}, max_length=32, description="As for the request."
    )
    assertions: tuple[Assertion, ...] = Field(
        alias="assert", min_length=1, max_length=16, description="What the answer has to say."
    )


class VerifySql(Setting):
    """A SELECT of one value; what was wanted is so when it is true."""

    database: Name = Field(description="The database, of `databases`.")
    sql: Sql = Field(description="One SELECT of one true or false; values as $1, $2.")
    values: tuple[Name, ...] = Field(
        default=(), max_length=20, description="What $1, $2 … are: parameters, or of the row."
    )


class CustomVerify(Setting):
    """How it is read back whether it did what it is there for; one of the two."""

    http: VerifyHttp | None = Field(default=None, description="By a GET.")
    sql: VerifySql | None = Field(default=None, description="By a SELECT.")


class CustomAction(Setting):
    """An action of your own, by the same rules as all others; one of http, sql and script."""

    title: str = Field(min_length=1, max_length=80, description="Its name in menus.")
    environments: tuple[Name, ...] = Field(
        min_length=1, max_length=16, description="Where it may be done."
    )
    target: Literal["service", "database", "user", "none"] = Field(
        default="none",
        description="On which rows it is offered; {service}, {database} or {user} is the row.",
    )
    danger: Literal["light", "change", "outage", "final"] = Field(
        default="change",
        description="light: disturbs nobody; change: changes what runs; outage: users notice; "
        "final: can not be taken back.",
    )
    cool_down_s: Annotated[Duration, lasting("0s", "1d")] = Field(
        default=60.0,
        alias="cool_down",
        description="It is not done again to the same target within this.",
    )
    confirm: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,63}$",
        description="What is typed to confirm it. Left out: the row's name.",
    )
    parameters: Mapping[Name, CustomParameter] = Field(
        default={}, max_length=20, description="What an operator says besides, by name."
    )
    http: CustomHttp | None = Field(default=None, description="One request.")
    sql: CustomSql | None = Field(default=None, description="Statements in one transaction.")
    script: CustomScript | None = Field(default=None, description="One program.")
    verify: CustomVerify | None = Field(
        default=None,
        description="How it is read back. Left out: done means that it was accepted, and says so; "
        "of a program, that it ended with 0.",
    )
    undo: Name | None = Field(
        default=None,
        description="The action of your own that takes it back, offered afterwards with the "
        "parameters that both have.",
    )
    no_undo: str = Field(default="", max_length=300, description="Why there is none, in words.")
    side_effects: tuple[Line, ...] = Field(
        default=(), max_length=8, description="What it does besides; shown before it is confirmed."
    )
