"""Records longer than any real one are refused by name, and do not take memory or the rest of their file with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from litmap.errors import RecordError
from litmap.pubmed import Deleted, Record, Rejected, read
from tests.support_records import HEAD, article, deletion, write

LONG = "ketamine " * (17 << 17)  # 17 million characters
BOOK = '<PubmedBookArticle><BookDocument><PMID Version="1">{}</PMID><Book><BookTitle>B</BookTitle></Book><Abstract><AbstractText>{}</AbstractText></Abstract></BookDocument></PubmedBookArticle>'


def told(path: Path) -> list[object]:
    """PMIDs of records and deletions; what is called and why of what was rejected."""
    return [(one.item, one.reason) if isinstance(one, Rejected) else one.pmid for one in read(path)]


REFUSED = "longer than 16 MiB, which no record of PubMed's is"


def test_a_long_article_is_refused_and_its_neighbours_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml.gz", article(1), article(22, abstract=LONG), article(3), article("", abstract=LONG))
    assert told(path) == [1, ("PMID 22", REFUSED), 3, ("PubmedArticle", REFUSED)]


def test_a_long_book_between_articles(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", BOOK.format(1, "Short."), BOOK.format(2, LONG), article(3), BOOK.format(4, ""))
    assert told(path) == [1, ("PMID 2", REFUSED), 3, 4]


def test_a_long_record_of_an_older_set(tmp_path: Path) -> None:
    path = tmp_path / "medline11n0001.xml"
    record = "<MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>{}</ArticleTitle></Article></MedlineCitation>"
    records = "".join(record.format(*each) for each in ((1, "One."), (2, LONG), (3, "Three.")))
    path.write_text(f"<MedlineCitationSet>{records}</MedlineCitationSet>")
    assert told(path) == [1, ("PMID 2", REFUSED), 3]


def test_a_long_text_in_a_record_of_passable_length(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", article(1), article(2, abstract=LONG[: 3 << 20]), article(3))
    first, second, third = told(path)
    assert (first, third) == (1, 3)
    assert second == ("PMID 2", "title and abstracts longer than 2,097,152 characters, which no record of PubMed's is")


def test_a_long_list_of_deletions_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", article(1), deletion(*range(100, 500_100)))
    found = list(read(path))
    assert isinstance(found[0], Record)
    assert sum(isinstance(one, Deleted) for one in found) == 500_000


def test_a_file_that_breaks_off_in_a_long_record_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(HEAD + "<PubmedArticleSet>" + article(1) + article(2, abstract=LONG)[:-20])
    with pytest.raises(RecordError, match="not well-formed"):
        list(read(path))


def test_long_medline_records(tmp_path: Path) -> None:
    path = tmp_path / "a.nbib"
    lines = "\n".join(f"      {'ketamine ' * 9}" for _ in range(220_000))
    path.write_text(
        f"PMID- 1\nTI  - One.\n\nPMID- 2\nAB  - {LONG}\nTI  - Never seen.\n\nPMID- 3\nTI  - Three.\nAB  - A\n{lines}\n\nPMID- 4\nTI  - Four.\n"
    )
    assert told(path) == [1, ("PMID 2", REFUSED), ("PMID 3", REFUSED), 4]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel")
def test_a_record_of_a_hundred_megabytes_takes_no_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("w") as file:
        before, after = (HEAD + "<PubmedArticleSet>" + article(7, abstract="@@")).split("@@")
        file.write(before)
        for _ in range(100):
            file.write("ketamine " * (1 << 17))
        file.write(after + article(8) + "</PubmedArticleSet>")
    script = (
        "import re, sys; from pathlib import Path; from litmap.pubmed import read; print(len(list(read(Path(sys.argv[1])))),"
        " re.search(r'VmHWM:\\s*([0-9]+)', Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    count, peak = map(int, done.stdout.split())
    assert count == 2
    assert peak < 256 << 10
