"""The relational engine: an Ibis connection on which every expression runs."""

from maillage.engine.connection import Engine, Kind, open_engine

__all__ = ["Engine", "Kind", "open_engine"]
