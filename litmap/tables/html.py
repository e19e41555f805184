"""HTML: one accessible file that needs nothing else, for screen and print."""

from __future__ import annotations

import re
from html import escape
from typing import Any, BinaryIO

from litmap.tables import svg
from litmap.tables.cited import Cited, runs
from litmap.tables.provenance import Provenance
from litmap.tables.table import Column, Row, Table, groups
from litmap.wording import counted

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
STYLE = """
:root { color-scheme: light }
body { font: 15px/1.45 system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; color: #111; background: #fff; margin: 2rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
.scroll { overflow-x: auto } figure { margin: 1rem 0 } figure svg { max-width: none }
table { border-collapse: collapse; font-size: .87rem; line-height: 1.35 }
caption { text-align: left; font-weight: 600; padding: .4rem 0 }
th, td { border: 1px solid #8a8a8a; padding: .35rem .5rem; text-align: left; vertical-align: top; max-width: 26rem; overflow-wrap: break-word }
thead th { background: #e8edf3; position: sticky; top: 0 } tbody th { font-weight: 400 }
td.number { text-align: right } td.pre { white-space: pre-line }
a { color: #0b4a8f } ol li { margin: .3rem 0; overflow-wrap: anywhere } dt { font-weight: 600 } dd { margin: 0 0 .4rem 1.5rem; overflow-wrap: anywhere }
@media print { @page { size: A4 landscape; margin: 12mm } body { margin: 0; font-size: 9pt } .scroll { overflow: visible }
 table { font-size: 7.5pt } thead { display: table-header-group } thead th { position: static } tr { break-inside: avoid } figure svg { width: 100%; height: auto } }
""".strip()


def text(value: Any) -> str:
    """Return a value as HTML text."""
    return escape(_CONTROL.sub("\ufffd", "" if value is None else str(value)))


def write(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write the whole page; return the number of rows."""
    cited = Cited(table)
    body, count = [f"<h1>{text(table.title)}</h1>", f"<p>{text(table.description)}</p>"], 0
    for name, rows in groups(table):
        if name is not None:
            body.append(f"<h2>{text(name) or '(none)'}</h2>")
        body.append(grid(table.columns, rows, name or table.title, cited))
        count += len(rows)
    if table.picture:
        body.append(figure(svg.render(table.picture())))
    body += footer(table.notes, cited, provenance)
    out.write(page(table.title, body))
    return count


def page(title: str, body: list[str]) -> bytes:
    """Return a whole page."""
    head = f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{text(title)}</title>\n<style>\n{STYLE}\n</style>'
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n<main>\n{chr(10).join(body)}\n</main>\n</body>\n</html>\n'.encode(
        "utf-8", "replace"
    )


def grid(columns: tuple[Column, ...], rows: list[Row], caption: str, cited: Cited) -> str:
    """Return one table. The first column heads its rows."""
    head = "".join(
        f'<th scope="col" title="{text(column.help)}" style="min-width:{column.width * 3 // 4}ch">{text(column.label)}</th>'
        for column in columns
    )
    lines = [
        f'<div class="scroll" role="region" aria-label="{text(caption)}" tabindex="0"><table>',
        f"<caption>{text(caption)}: {counted(len(rows), 'row')}</caption>",
        f"<thead><tr>{head}</tr></thead>",
        "<tbody>",
    ]
    for row in rows:
        cells = [_cell(column, value, cited) for column, value in zip(columns, row, strict=True)]
        cells[0] = re.sub(r"^<td[^>]*>(.*)</td>$", r'<th scope="row">\1</th>', cells[0], flags=re.DOTALL)
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</tbody></table></div>"])


def figure(picture: str) -> str:
    """Return the map as a figure."""
    return f'<h2>Map</h2>\n<figure class="scroll" tabindex="0" aria-label="Map">\n{picture}</figure>'


def footer(notes: tuple[str, ...], cited: Cited, provenance: Provenance) -> list[str]:
    """Return notes, references and provenance."""
    body = []
    if notes:
        body.append("<h2>Notes</h2>\n<ul>" + "".join(f"<li>{text(note)}</li>" for note in notes) + "</ul>")
    if cited.numbers:
        items = [
            f'<li id="ref-{number}" value="{number}">{text(one.text)} <a href="{text(one.url)}">{text(one.url)}</a></li>'
            for number, one in cited.references()
        ]
        body.append("<h2>References</h2>\n<ol>\n" + "\n".join(items) + "\n</ol>")
    rows = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in provenance.rows())
    return [*body, f"<h2>Where this comes from</h2>\n<dl>{rows}</dl>"]


def citations(numbers: list[int]) -> str:
    """Return numbers as links to the list of references."""
    parts = [
        f'<a href="#ref-{first}">{first}</a>' + ("" if first == last else f'–<a href="#ref-{last}">{last}</a>')
        for first, last in runs(numbers)
    ]
    return f"[{', '.join(parts)}]" if parts else ""


def _cell(column: Column, value: Any, cited: Cited) -> str:
    if column.kind == "pmids":
        return f"<td>{citations(cited.of(value))}</td>"
    if column.kind == "pmid" and value:
        return f'<td><a href="https://pubmed.ncbi.nlm.nih.gov/{text(value)}/">{text(value)}</a></td>'
    if column.kind == "url" and re.match(r"https?://\S+\Z", str(value)):
        return f'<td><a href="{text(value)}">{text(value)}</a></td>'
    if column.kind == "integer":
        return f'<td class="number">{text(value)}</td>'
    return f'<td class="pre">{text(value)}</td>' if "\n" in str(value) else f"<td>{text(value)}</td>"
