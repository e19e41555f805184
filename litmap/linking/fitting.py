"""How records answer one claim by tags, title and signs: asked for twice, to choose candidates and to score them."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.linking import ranking
from litmap.linking.facets import Meet, Slugs, Tags, Tree
from litmap.linking.ranking import Fit
from litmap.linking.subjects import Subject, Subjects
from litmap.linking.wanted import Wanted

Standing = tuple[float, tuple[tuple[str, float], ...]]  # how far the subject is the claim's, and the signs shown


class Fitting:
    """Compares records with one claim. What many records share, and what was asked before, is compared once."""

    def __init__(self, tree: Tree, subjects: Subjects, asked: Wanted) -> None:
        self._tree, self._subjects, self._asked = tree, subjects, asked
        self._weights = ranking.weights(asked)
        self._whole = sum(self._weights.values())
        self._each = [(slug, frozenset((slug,))) for slug in sorted(asked.tags.condition)]
        self._parts: dict[tuple[str, Slugs, Slugs], tuple[Meet | None, float]] = {}
        self._answered: dict[Slugs, frozenset[str]] = {}
        self._fits: dict[Subject, Fit] = {}
        self._alone: dict[Tags, tuple[float, float]] = {}
        self._standings: dict[int, Standing] = {}
        self._covered = frozenset(
            (*asked.forms, *asked.named, *(term for sign in asked.signs for term in sign.all_terms))
        )
        self._sign_weights = [sign.weight for sign in asked.signs]

    def fits(self, pmids: Sequence[int]) -> dict[int, Fit]:
        """Say how the tags of these records fit."""
        self._subjects.read(pmids)
        question = self._asked.question
        found = {}
        for pmid in pmids:
            subject = self._subjects.of(pmid, question)
            fit = self._fits.get(subject)
            if fit is None:
                fit = self._fits[subject] = self._fit(subject)
            found[pmid] = fit
        return found

    def _fit(self, subject: Subject) -> Fit:
        meets, held = dict[str, Meet](), 0.0
        for facet, weight in self._weights.items():
            key = facet, subject.held.of(facet), subject.central.of(facet)
            if key not in self._parts:
                meet = self._tree.meet(facet, self._asked.tags.of(facet), key[1])
                self._parts[key] = meet, weight * ranking.answered(facet, meet, key[2]) if meet else 0.0
            met, part = self._parts[key]
            if met:
                meets[facet] = met
                held += part
        return Fit(meets, held, self._whole, self._conditions(subject.held.condition))

    def _conditions(self, held: Slugs) -> frozenset[str]:
        """The claim's conditions that these answer, exactly or more narrowly."""
        found = self._answered.get(held)
        if found is None:
            meets = ((slug, self._tree.meet("condition", one, held)) for slug, one in self._each)
            found = self._answered[held] = frozenset(slug for slug, meet in meets if meet and meet[2] != "broader")
        return found

    def standings(self, pmids: Sequence[int]) -> dict[int, Standing]:
        """Return how far each record's subject is the claim's (0 to 1), and the signs that it put the question to the test."""
        missing = [pmid for pmid in pmids if pmid not in self._standings]
        fits = self.fits(missing)
        self._subjects.learn(missing)
        most = sum(self._sign_weights) + ranking.TITLE
        for pmid in missing:
            alone, whole = self._about(pmid)
            signs = self._subjects.signs(pmid, self._asked.signs)
            held = fits[pmid].held + alone
            held += sum([weight * strength for weight, (_, strength) in zip(self._sign_weights, signs, strict=True)])
            held += ranking.TITLE * ranking.title_focus(self._subjects.title(pmid), self._covered)
            self._standings[pmid] = held / (fits[pmid].whole + whole + most), signs
        return {pmid: self._standings[pmid] for pmid in pmids}

    def _about(self, pmid: int) -> tuple[float, float]:
        """How far a record is about the claim's conditions and treatments alone, and the most that was to be had."""
        main = self._subjects.main(pmid, self._asked.question)
        found = self._alone.get(main)
        if found is None:
            found = self._alone[main] = ranking.alone_score(self._tree, self._asked.tags, main)
        return found
