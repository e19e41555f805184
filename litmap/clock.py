"""The one place that asks what time it is."""

from __future__ import annotations

import os
from datetime import datetime, timezone


def now() -> str:
    """Return the current time in UTC as ISO 8601 to the second.

    SOURCE_DATE_EPOCH (reproducible-builds.org) fixes it.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else datetime.now(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
