"""How records answer one claim by tags, title and signs: asked for twice, to choose candidates and to score them."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.linking import ranking
from litmap.linking.facets import FACETS, Meet, Slugs, Tags, Tree
from litmap.linking.ranking import Fit
from litmap.linking.subjects import Subject, Subjects
from litmap.linking.wanted import Wanted

KEPT = 32  # comparisons of tags: claims of one page share few sets of them
Key = tuple[str, Tags, frozenset[str]]


class TagComparison:
    """Compares the tags of records with those of all claims that ask the same of them.

    What many records share, and what was asked before, is compared once.
    """

    def __init__(self, tree: Tree, subjects: Subjects, asked: Wanted) -> None:
        self._tree, self._subjects = tree, subjects
        self._question, self._tags = asked.question, asked.tags
        self._weights = ranking.weights(asked)
        self._whole = sum(self._weights.values())
        self._each = [(slug, frozenset((slug,))) for slug in sorted(asked.tags.condition)]
        self._parts: dict[str, dict[tuple[Slugs, Slugs], tuple[Meet, float] | None]] = {f: {} for f in self._weights}
        self._answered: dict[Slugs, frozenset[str]] = {}
        self._by_subject: dict[Subject, Fit] = {}
        self._alone: dict[Tags, tuple[float, float]] = {}
        self._fits: dict[int, Fit] = {}
        self._held: dict[int, tuple[float, float]] = {}

    def fits(self, pmids: Sequence[int]) -> dict[int, Fit]:
        """Say how the tags of these records fit."""
        fits = self._fits
        missing = [pmid for pmid in pmids if pmid not in fits]
        self._subjects.read(missing)
        for pmid in missing:
            subject = self._subjects.of(pmid, self._question)
            fit = self._by_subject.get(subject)
            if fit is None:
                fit = self._by_subject[subject] = self._fit(subject)
            fits[pmid] = fit
        return {pmid: fits[pmid] for pmid in pmids}

    def held(self, pmids: Sequence[int]) -> dict[int, tuple[float, float]]:
        """Return how far records answer by their tags, and the most that was to be had; `Subjects.learn` went before."""
        known = self._held
        missing = [pmid for pmid in pmids if pmid not in known]
        fits = self.fits(missing)
        for pmid in missing:
            main = self._subjects.main(pmid, self._question)
            alone = self._alone.get(main)
            if alone is None:
                alone = self._alone[main] = ranking.alone_score(self._tree, self._tags, main)
            known[pmid] = fits[pmid].held + alone[0], fits[pmid].whole + alone[1]
        return {pmid: known[pmid] for pmid in pmids}

    def _fit(self, subject: Subject) -> Fit:
        meets, held = dict[str, Meet](), 0.0
        for facet, slugs, central in zip(FACETS, *subject, strict=True):
            parts = self._parts.get(facet)
            if parts is None or not slugs:
                continue
            key = slugs, central
            if key not in parts:
                meet = self._tree.meet(facet, self._tags.of(facet), slugs)
                parts[key] = (meet, self._weights[facet] * ranking.answered(facet, meet, central)) if meet else None
            if part := parts[key]:
                meets[facet] = part[0]
                held += part[1]
        return Fit(meets, held, self._whole, self._conditions(subject.held.condition))

    def _conditions(self, held: Slugs) -> frozenset[str]:
        """The claim's conditions that these answer, exactly or more narrowly."""
        found = self._answered.get(held)
        if found is None:
            meets = ((slug, self._tree.meet("condition", one, held)) for slug, one in self._each)
            found = self._answered[held] = frozenset(slug for slug, meet in meets if meet and meet[2] != "broader")
        return found


class Fitting:
    """Compares records with one claim."""

    def __init__(self, comparison: TagComparison, subjects: Subjects, asked: Wanted) -> None:
        self._comparison, self._subjects = comparison, subjects
        self.fits = comparison.fits
        self._known: dict[int, float] = {}
        self._covered = frozenset().union(asked.forms, asked.named, *(sign.all_terms for sign in asked.signs))
        self._signs = [(sign.number, sign.weight) for sign in asked.signs]
        self._most = sum(sign.weight for sign in asked.signs) + ranking.TITLE

    def standings(self, pmids: Sequence[int]) -> dict[int, float]:
        """Return how far each record's subject is the claim's, 0 to 1: by tags, title, and signs that it tested the question."""
        known = self._known
        missing = [pmid for pmid in pmids if pmid not in known]
        self._subjects.learn(missing)
        for pmid, (held, whole) in self._comparison.held(missing).items():
            shown = self._subjects.signs(pmid)
            held += sum([weight * shown[number] for number, weight in self._signs if number in shown])
            held += ranking.TITLE * ranking.title_focus(self._subjects.title(pmid), self._covered)
            known[pmid] = held / (whole + self._most)
        return {pmid: known[pmid] for pmid in pmids}


class Fittings:
    """Makes the comparison for each claim, and keeps that of the claim at hand and what others can share of it."""

    def __init__(self, tree: Tree, subjects: Subjects) -> None:
        self._tree, self._subjects = tree, subjects
        self._comparisons: dict[Key, TagComparison] = {}
        self._last: tuple[Wanted, Fitting] | None = None

    def of(self, asked: Wanted) -> Fitting:
        """Return the comparison for a claim."""
        if self._last is None or self._last[0] is not asked:
            key = asked.question, asked.tags, asked.inherited
            comparison = self._comparisons.pop(key, None) or TagComparison(self._tree, self._subjects, asked)
            self._comparisons[key] = comparison  # the last used stands last
            if len(self._comparisons) > KEPT:
                del self._comparisons[next(iter(self._comparisons))]
            self._last = asked, Fitting(comparison, self._subjects, asked)
        return self._last[1]
