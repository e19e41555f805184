"""Which records bear on which claim: candidates, ranking, evidence per claim and condition."""
