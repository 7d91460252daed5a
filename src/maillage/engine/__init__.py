"""The relational engine: an Ibis connection on which every expression runs."""

from maillage.engine.connection import Engine, open_engine

__all__ = ["Engine", "open_engine"]
