"""The header that carries a credential, or why there is none."""

from providers.errors import ProviderError, Unauthorized
from providers.http_address import Address
from providers.http_exchange import SENDABLE
from providers.secrets import SecretGetter


async def authorization(
    secret: SecretGetter, *, prefix: str, address: Address, system: str, operation: str
) -> str:
    """The value of a header that carries a credential.

    Raises:
        Unauthorized: The secret can not be had, can not be sent, or would go out in clear.
    """
    if not address.origin.private_to_us:
        raise Unauthorized(
            system,
            operation,
            "a credential is not sent over plain http",
            advice="use https, or leave the secret out",
        )
    try:
        value = (await secret()).reveal()
    except Unauthorized as error:
        raise Unauthorized(system, operation, error.reason, advice=error.advice) from error
    except (ProviderError, OSError, ValueError, LookupError) as error:
        reason = f"its secret could not be had ({type(error).__name__})"
        raise Unauthorized(
            system, operation, reason, advice="`quarterdeck doctor` tries every secret"
        ) from error
    if not SENDABLE.fullmatch(value):
        raise Unauthorized(
            system,
            operation,
            "its secret is empty or holds characters that HTTP can not carry",
            advice="look for a line break or a quotation mark at its end",
        )
    return prefix + value
