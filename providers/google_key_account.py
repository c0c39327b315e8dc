"""Whether a Google API key works, and what nobody tells about it."""

from providers.accounts import AccountView
from providers.google_quota import with_quota_told
from providers.http import Api
from providers.text import Foreign
from providers.vitals_mapping import field_data
from providers.web_vitals import CRUX, QUERY_RECORD


async def describe(api: Api) -> AccountView:
    """Whether the key works, by a question about a site that always has data, for `doctor`.

    Raises:
        ProviderError: Google did not take the key.
    """
    asked = api.query("query field data", QUERY_RECORD, json={"origin": "https://www.google.com"})
    answer = await with_quota_told(asked)
    field_data(answer.value, CRUX, "query field data", whole_site=True)
    return AccountView(
        system=CRUX,
        name=Foreign("an API key"),
        scopes=("field data of any site",),
        budget=api.budget,
        warnings=(
            "Google does not tell what a key may do: restrict it to the Chrome UX Report API and "
            "the PageSpeed Insights API in the Cloud console",
        ),
    )
