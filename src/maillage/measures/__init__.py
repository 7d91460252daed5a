"""Measures: what was deployed, where, for whom, at what cost, against which targets."""
