"""What the demo's products stand on besides hosting and database: secrets, accounts, systems."""

from collections.abc import Mapping

from demo.config_alerting import alerting_accounts, alerting_secrets, alerting_systems
from demo.config_parts import Tree
from demo.config_platform import platform_systems
from demo.config_security import security_systems
from demo.config_supabase import supabase_accounts, supabase_secrets, supabase_systems
from demo.config_trade import trade_accounts, trade_secrets, trade_systems
from demo.credentials import Credentials
from demo.eye import Address


def system_secrets(words: Credentials) -> dict[str, str]:
    """The secrets of all systems by name."""
    return {
        "google-key": words.google_key,
        **supabase_secrets(words),
        **alerting_secrets(words),
        **trade_secrets(words),
    }


def system_accounts(urls: Mapping[str, str]) -> Tree:
    """The accounts of all systems by name."""
    return {**supabase_accounts(urls), **alerting_accounts(urls), **trade_accounts(urls)}


def systems(product: str, urls: Mapping[str, str], address: Address | None) -> Tree:
    """The systems of one product, by kind and name.

    Args:
        product: `lma` or `localloop`.
        urls: Address of each service by name.
        address: Of the product's database, if there is one.
    """
    return {
        **platform_systems(product),
        **security_systems(product, address),
        **supabase_systems(product, urls, address),
        **alerting_systems(product),
        **trade_systems(product),
    }
