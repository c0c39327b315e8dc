"""Core web vitals of critical pages."""

from typing import ClassVar, Literal

from pydantic import Field

from tui.config.model_base import Setting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import BaseUrl, Name, Url


class VitalsPage(Setting):
    """A page that has to be fast."""

    title: str = Field(min_length=1, max_length=80, description="Its name.")
    url: Url = Field(description="Its public address, as people open it.")


class WebVitalsSystem(SystemSetting):
    """Field data of the Chrome UX Report, and Lighthouse by PageSpeed Insights."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("google-key",)

    account: Name = Field(description="The account with the API key.")
    pages: tuple[VitalsPage, ...] = Field(
        min_length=1, max_length=12, description="The critical pages."
    )
    form_factor: Literal["phone", "desktop", "tablet"] = Field(
        default="phone", description="Whose visits count; Lighthouse knows no tablets."
    )
    every_s: Every = Field(
        default=3600.0,
        alias="every",
        description="How often field data are asked for; they are renewed once a day.",
    )
    lighthouse: bool = Field(default=True, description="Whether Lighthouse is run as well.")
    lighthouse_every_s: Every = Field(
        default=3600.0,
        alias="lighthouse_every",
        description="How often; a run takes 10 to 60 seconds a page, on Google's machines.",
    )
    pagespeed_url: BaseUrl = Field(
        default="https://pagespeedonline.googleapis.com",
        description="Where PageSpeed Insights is; the key of the account is sent there too.",
    )
