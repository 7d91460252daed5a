"""What every kind of test shares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from maillage.engine.spark import SparkOptions, close_spark, open_spark
from maillage.errors import UsageError
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.settings import load_settings
from tests.small_france import write_carriers, write_sources

# No test is timed: a busy machine would fail it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screenshots", metavar="STORE", default=None, help="draw docs/screenshots anew from a national store"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share what is long to build go to one worker."""
    from tests.schedule import TogetherScheduling

    return TogetherScheduling(config, log)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public files; the test is skipped, visibly, where MAILLAGE_REAL_DATA names none."""
    folder = load_settings().real_data
    if folder is None or not folder.is_dir():
        pytest.skip("MAILLAGE_REAL_DATA names no folder of real files")
    return folder.resolve()


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session; the test is skipped, visibly, where pyspark or Java is missing."""
    try:
        # Short jobs: most of the JVM's time would go to compiling what runs once.
        quick = ("spark.driver.defaultJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield open_spark(SparkOptions(settings=(quick,)))
    except UsageError as problem:
        pytest.skip(str(problem))
    finally:
        close_spark()


@pytest.fixture(scope="session")
def small_carriers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels' data files for the small country."""
    return write_carriers(tmp_path_factory.mktemp("carriers"))


@pytest.fixture(scope="session")
def small_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published files for the small country; not to be written to."""
    return write_sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory, small_carriers: Path, small_sources: Path) -> Path:
    """The store that a run on the small country builds; not to be written to."""
    store = tmp_path_factory.mktemp("store")
    run_pipeline(RunRequest(store=store, carriers=small_carriers, sources=small_sources))
    return store
