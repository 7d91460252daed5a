"""Which tests go to one worker: those of a file, of the real country, of a browser, of Spark: none builds it twice."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/real/", "tests/web/")
# One session, opened once: a test that closes it must come where it does in a run without workers.
SPARK = (
    "tests/spec/test_access_on_spark.py",
    "tests/spec/test_indicators_examples.py",
    "tests/unit/test_engine.py",
    "tests/unit/test_engine_spark.py",
    "tests/unit/test_spark_tiles.py",
)
# Long tests without a fixture to share.
APART = ("tests/properties/test_disclosure_attacks.py",)


class TogetherScheduling(LoadScopeScheduling):
    """Hands out tests by what they share, the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(APART):
            return nodeid
        if nodeid.startswith(SPARK):
            return "spark"
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", maxsplit=1)[0])
