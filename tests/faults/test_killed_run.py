"""A run killed at any moment leaves the previous store readable."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from maillage.catalog.store import open_version
from tests.small_france import write_apl_mg, write_carriers, write_sources


def spawn(store, sources, carriers):
    environment = {**os.environ, "MAILLAGE_CARRIERS": str(carriers), "PYTHONPATH": "src"}
    command = [sys.executable, "-m", "maillage", "run", "--sources", str(sources), "--store", str(store)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def digest(version):
    return {p.relative_to(version.folder): p.read_bytes() for p in version.folder.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_a_run_killed_at_any_moment_leaves_the_previous_store_readable(tmp_path):
    carriers, sources = write_carriers(tmp_path / "carriers"), write_sources(tmp_path / "sources")
    store = tmp_path / "store"
    start = time.monotonic()
    assert spawn(store, sources, carriers).wait(120) == 0
    whole_run_s = time.monotonic() - start
    first = digest(open_version(store))
    write_apl_mg(sources / "apl_mg.xlsx", score=2.0)
    draw = random.Random(13189)
    killed = 0
    for _ in range(15):
        process = spawn(store, sources, carriers)
        time.sleep(draw.uniform(0.2, 1.1) * whole_run_s)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        version = open_version(store)
        assert version.read("territory").height > 0
        if process.returncode != 0 and version.id == open_version(store).id:
            assert digest(version).keys() == first.keys()
    assert killed >= 5, "the run ended before it could be killed"
    assert spawn(store, sources, carriers).wait(120) == 0
    assert digest(open_version(store)) != first
    assert not (store / "staging").exists()
