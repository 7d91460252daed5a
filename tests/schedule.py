"""Which tests go to one worker: those of a file, of the real country, of the browser, so that none builds it twice."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/real/", "tests/web/")
# Long tests without a fixture to share.
APART = ("tests/properties/test_disclosure_attacks.py",)


class TogetherScheduling(LoadScopeScheduling):
    """Hands out tests by what they share, the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(APART):
            return nodeid
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", maxsplit=1)[0])
