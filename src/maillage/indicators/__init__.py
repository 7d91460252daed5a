"""Definition, registry, computation and intervals of indicators."""
