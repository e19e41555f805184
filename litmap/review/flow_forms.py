"""A flow as the boxes of a published form: the PRISMA 2020 input table (Haddaway et al. 2022, R package PRISMA2020) or ROSES.

PRISMA's form has one column of boxes up to screening; these count all sources. ROSES is the form for systematic maps.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from litmap.resources import folder
from litmap.review.flow import AWAITING, Flow
from litmap.review.flow_sources import DATABASES, FILES, GIVEN, OTHER, UNKNOWN

PRISMA_COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
BOX_COLUMNS = ("part", "box", "databases", "other", "n")
NOT_SCREENED = "not screened"


class Box(NamedTuple):
    """One line of a flow for people. Numbers are text where a form has no number for them."""

    part: str  # identification | screening | included
    text: str
    databases: int | str | None
    other: int | str | None
    n: int | str


def prisma_rows(flow: Flow) -> list[tuple[str, ...]]:
    """Return the rows of the PRISMA 2020 input table, in the columns PRISMA_COLUMNS."""
    with (folder("db") / "flow" / "prisma2020.csv").open(encoding="utf-8", newline="") as file:
        form = list(csv.DictReader(file))
    numbers, texts = _numbers(flow), _texts(flow)
    rows: list[tuple[str, ...]] = []
    for row in form:
        name, description = row["data"], row["description"]
        text = texts.get(name, _heading(description))
        first = row["node"] != "NA"  # of its box: the form has one tooltip and one address for each, and tools count them
        url = f"{row['box'] if name == 'NA' else name}.html" if first else "NA"
        tooltip = description if first else "NA"
        rows.append((name, row["node"], row["box"], description, text, tooltip, url, str(numbers.get(name, 0))))
    return rows


def _heading(description: str) -> str:
    text = description.partition(": ")[2] if description.startswith(("Title", "Side title")) else description
    return text[:1].upper() + text[1:]


def _texts(flow: Flow) -> Mapping[str, str]:
    """What stands in a box, where it says more than the form's own words."""
    sources = " (all sources)" if flow.other.identified else ""
    return {
        "database_results": "Databases",
        "database_specific_results": "Specific databases",
        "register_results": "Registers",
        "register_specific_results": "Specific registers",
        "website_results": UNKNOWN.capitalize(),
        "organisation_results": FILES.capitalize(),
        "citations_results": GIVEN,
        "duplicates": "Duplicate records",
        "excluded_automatic": "Records marked as ineligible by automation tools (not seen by a person)",
        "excluded_other": "Records removed for other reasons",
        "records_screened": f"Records screened{sources}" + ("" if flow.screened else f": {NOT_SCREENED}"),
        "records_excluded": f"Records excluded{sources}",
        **{f"{column}_{name}": text for column in ("dbr", "other") for name, text in _REPORTS.items()},
        **{
            f"{column}_excluded": "Reports excluded or awaiting a decision"
            for column, stream in (("dbr", flow.databases), ("other", flow.other))
            if AWAITING in stream.reasons
        },
    }


_REPORTS = {
    "sought_reports": "Reports sought for retrieval",
    "notretrieved_reports": "Reports not retrieved",
    "assessed": "Reports assessed for eligibility",
    "excluded": "Reports excluded",
}


def _numbers(flow: Flow) -> dict[str, int | str]:
    total = flow.total
    found: dict[str, int | str] = {
        "database_results": flow.databases.identified,
        "database_specific_results": _listed(by_name(flow, DATABASES)),
        "register_specific_results": 0,
        **{name: by_name(flow, OTHER).get(source, 0) for name, source in _OTHER.items()},
        "duplicates": total.duplicates,
        "excluded_automatic": total.automation,
        "excluded_other": total.unusable,
        "records_screened": total.screened,
        "records_excluded": total.excluded,
        "new_studies": total.studies,
        "new_reports": total.reports,
        "total_studies": total.studies,
        "total_reports": total.reports,
    }
    for column, stream in (("dbr", flow.databases), ("other", flow.other)):
        found |= {
            f"{column}_sought_reports": stream.sought,
            f"{column}_notretrieved_reports": stream.not_retrieved,
            f"{column}_assessed": stream.assessed,
            f"{column}_excluded": _listed(stream.reasons),
        }
    return found


_OTHER = {"website_results": UNKNOWN, "organisation_results": FILES, "citations_results": GIVEN}


def by_name(flow: Flow, stream: str) -> dict[str, int]:
    """Return the records identified from each database, or from each kind of other source."""
    found: Counter[str] = Counter()
    for source in flow.sources:
        if source.stream == stream:
            found[source.name] += source.identified
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _listed(numbers: Mapping[str, int]) -> str:
    """Several numbers in one cell, as the form wants them: `Reason, 3; Reason, 2`. 0 when there is none.

    Signs that part reasons are replaced, and straight quotes, which end a label in the language that diagrams are drawn in.
    """
    plain = str.maketrans({"'": "’", '"': "”"})
    return "; ".join(f"{re.sub(r'[,;]+', ' /', name).translate(plain)}, {number}" for name, number in numbers.items()) or "0"


def prisma_boxes(flow: Flow) -> list[Box]:
    """Return the PRISMA 2020 flow for people, both columns side by side."""
    return [
        *_identified(flow),
        _box(flow, "identification", "duplicate records removed", "duplicates"),
        _box(flow, "identification", "ineligible by automation tools (not seen by a person)", "automation"),
        _box(flow, "identification", "removed for other reasons (no usable record)", "unusable"),
        _box(flow, "screening", "records screened (seen by a person)", "screened"),
        _box(flow, "screening", "records excluded", "excluded"),
        *_reasons(flow, "excluded_reasons"),
        _box(flow, "screening", "reports sought for retrieval", "sought"),
        _box(flow, "screening", "reports not retrieved", "not_retrieved"),
        _box(flow, "screening", "reports assessed for eligibility", "assessed"),
        _box(flow, "screening", "reports excluded or awaiting a decision", "reasons"),
        *_reasons(flow, "reasons"),
        _box(flow, "included", "studies included", "studies"),
        _box(flow, "included", "reports of included studies", "reports"),
    ]


def roses_boxes(flow: Flow) -> list[Box]:
    """Return the ROSES flow for systematic maps, both kinds of sources side by side."""
    after = [stream.identified - stream.duplicates for stream in (flow.databases, flow.other, flow.total)]
    kept = [
        stream.sought - stream.not_retrieved - stream.reports for stream in (flow.databases, flow.other, flow.total)
    ]
    return [
        *_identified(flow, "searching"),
        _box(flow, "searching", "duplicates removed", "duplicates"),
        Box("searching", "records after duplicates removed", *after),
        _box(flow, "screening", "excluded by automation (not seen by a person)", "automation"),
        _box(flow, "screening", "without a usable record", "unusable"),
        _box(flow, "screening", "records screened on title and abstract", "screened"),
        _box(flow, "screening", "excluded titles and abstracts", "excluded"),
        *_reasons(flow, "excluded_reasons"),
        _box(flow, "screening", "records after title and abstract screening", "sought"),
        _box(flow, "screening", "unretrievable full texts", "not_retrieved"),
        _box(flow, "screening", "articles after retrieval", "assessed"),
        _box(flow, "screening", "of these screened in full text", "full_text"),
        _cells(flow, "screening", "excluded after retrieval or awaiting a decision", kept),
        *_reasons(flow, "reasons"),
        _box(flow, "mapping", "articles included in the map", "reports"),
        _box(flow, "mapping", "studies included in the map", "studies"),
    ]


def _identified(flow: Flow, part: str = "identification") -> Iterable[Box]:
    for name, number in by_name(flow, DATABASES).items():
        yield Box(part, f"records identified from {name}", number, None, number)
    for name, number in by_name(flow, OTHER).items():
        yield Box(part, f"records identified from other sources: {name}", None, number, number)
    streams = flow.databases, flow.other, flow.total
    yield Box(part, "records identified", *(stream.identified for stream in streams))


def _box(flow: Flow, part: str, text: str, name: str) -> Box:
    values = [getattr(stream, name) for stream in (flow.databases, flow.other, flow.total)]
    numbers = [value if isinstance(value, int) else sum(value.values()) for value in values]
    return Box(part, text, *numbers) if name in _BEFORE else _cells(flow, part, text, numbers)


_BEFORE = {"duplicates", "automation", "unusable"}  # they have a number whether or not anybody screened


def _cells(flow: Flow, part: str, text: str, numbers: list[int]) -> Box:
    if not flow.screened:
        return Box(part, text, None, None, NOT_SCREENED)
    return Box(part, text, numbers[0], numbers[1], numbers[2])


def _reasons(flow: Flow, name: str) -> Iterable[Box]:
    for reason, number in getattr(flow.total, name).items():
        mine, yours = getattr(flow.databases, name).get(reason, 0), getattr(flow.other, name).get(reason, 0)
        yield Box("screening", f"of these: {reason}", mine, yours, number)


def as_json(flow: Flow, form: str) -> dict[str, Any]:
    """Return a flow as JSON values: both columns, their sum, the sources and the form's boxes. `form`: prisma or roses."""
    names = list(type(flow.total).__dataclass_fields__)
    boxes: list[dict[str, Any]] = (
        [
            {"data": row[0], "box": row[2], "text": row[4], "n": int(row[7]) if row[7].isdigit() else row[7]}
            for row in prisma_rows(flow)
            if row[0] not in ("NA", "identification", "screening", "included")
        ]
        if form == "prisma"
        else [box._asdict() for box in roses_boxes(flow)]
    )
    return {
        "form": form,
        "status": "screened" if flow.screened else NOT_SCREENED,
        "sources": [
            {
                "kind": one.stream,
                "name": one.name,
                "detail": one.detail,
                "identified": one.identified,
                "records": len(one.pmids),
                "unusable": one.lost,
            }
            for one in flow.sources
        ],
        **{name: {field: getattr(stream, field) for field in names} for name, stream in flow.streams.items()},
        "boxes": boxes,
        "notes": list(flow.notes),
    }
