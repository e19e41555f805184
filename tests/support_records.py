"""Small PubMed files written for the tests. No real record is in them."""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.sax.saxutils import escape

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def article(
    pmid: int | str,
    title: str = "Ketamine for depression: a randomized trial.",
    *,
    version: int = 1,
    revised: str | None = "2020-01-02",
    abstract: str = "We gave intravenous ketamine to 40 patients with depression.",
    types: tuple[str, ...] = ("Randomized Controlled Trial",),
    relations: tuple[tuple[str, int], ...] = (),
    trials: tuple[str, ...] = (),
) -> str:
    """One PubmedArticle."""
    date = (
        "<DateRevised><Year>{}</Year><Month>{}</Month><Day>{}</Day></DateRevised>".format(*revised.split("-"))
        if revised
        else ""
    )
    kinds = "".join(f'<PublicationType UI="">{kind}</PublicationType>' for kind in types)
    banks = "".join(f"<AccessionNumber>{number}</AccessionNumber>" for number in trials)
    bank = f"<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>{banks}</AccessionNumberList></DataBank></DataBankList>"
    notes = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>J Tests. 2021</RefSource><PMID Version="1">{other}</PMID></CommentsCorrections>'
        for kind, other in relations
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="{version}">{pmid}</PMID>{date}'
        "<Article><Journal><JournalIssue><PubDate><Year>2019</Year></PubDate></JournalIssue><Title>Journal of Tests</Title></Journal>"
        f"<ArticleTitle>{escape(title)}</ArticleTitle><Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>"
        f"{bank if trials else ''}<PublicationTypeList>{kinds}</PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{notes}</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
    )


def deletion(*pmids: int) -> str:
    """A DeleteCitation as in an update file."""
    return "<DeleteCitation>" + "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in pmids) + "</DeleteCitation>"


def write(path: Path, *items: str) -> Path:
    """Write items as a PubmedArticleSet, compressed when the name says so."""
    text = HEAD + "<PubmedArticleSet>\n" + "\n".join(items) + "\n</PubmedArticleSet>\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def nbib(
    path: Path, pmid: int, *lines: str, title: str = "Ketamine for depression.", revised: str | None = "20200102"
) -> Path:
    """Write one MEDLINE record."""
    fields = [f"PMID- {pmid}", "STAT- MEDLINE", *([f"LR  - {revised}"] if revised else []), f"TI  - {title}", *lines]
    path.write_text("\n".join(fields) + "\n\n", encoding="utf-8")
    return path
