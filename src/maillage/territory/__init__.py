"""Communes through vintages, nested and free territories, aggregation, shapes."""
