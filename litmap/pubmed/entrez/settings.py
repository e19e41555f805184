"""What the client needs to know before it asks: where, as whom, how patiently."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from litmap.errors import InputError

ENDPOINT = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
TOOL = "litmap"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to speak to E-utilities. The key is kept out of `repr`, and so out of logs."""

    endpoint: str = ENDPOINT
    email: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 30.0  # seconds without a byte; a whole reply may take `PATIENCE` times as long
    tries: int = 5  # of one request, the first included

    @property
    def per_second(self) -> int:
        """Requests a second that NCBI allows (NBK25497): 3, or 10 with a key."""
        return 10 if self.api_key else 3

    @property
    def is_ncbi(self) -> bool:
        """Whether the requests go to NCBI itself."""
        return (urlsplit(self.endpoint).hostname or "").endswith("nih.gov")


def from_environment(
    email: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings from options, then LITMAP_EUTILS_URL, LITMAP_EMAIL or NCBI_EMAIL, LITMAP_API_KEY or NCBI_API_KEY.

    Raises InputError for an address that is not http or https.
    """
    env = os.environ if environ is None else environ
    endpoint = (env.get("LITMAP_EUTILS_URL") or ENDPOINT).strip().rstrip("/")
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise InputError(
            "LITMAP_EUTILS_URL is not the address of a web service", "give http(s)://HOST/PATH, or unset it"
        )
    key = (api_key or env.get("LITMAP_API_KEY") or env.get("NCBI_API_KEY") or "").strip()
    return Settings(
        endpoint=endpoint,
        email=(email or env.get("LITMAP_EMAIL") or env.get("NCBI_EMAIL") or "").strip() or None,
        api_key=key or None,
        timeout=timeout or Settings().timeout,
    )
