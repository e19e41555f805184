"""The one place that asks what time it is."""

from __future__ import annotations

import os
from datetime import datetime, timezone

from litmap.errors import InputError


def now() -> str:
    """Return the current time in UTC as ISO 8601 to the second.

    SOURCE_DATE_EPOCH (reproducible-builds.org) fixes it. Raises InputError when that is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else datetime.now(timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"SOURCE_DATE_EPOCH is {epoch!r}, not a number of seconds", "unset it, or give seconds since 1970") from error
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
