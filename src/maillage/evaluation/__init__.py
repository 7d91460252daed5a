"""Evaluation: what a measure changed, estimated on panels of arrays with declared comparisons and estimands."""
