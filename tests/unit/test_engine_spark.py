"""Spark opens quietly, says what it lacks, and leaves nothing behind."""

import sys
from pathlib import Path

import pytest

import maillage
from maillage.engine import spark as engine
from maillage.engine.spark import SparkOptions, open_spark
from maillage.errors import UsageError


@pytest.fixture
def nothing_open(monkeypatch):
    """As if the session that other tests share were not there."""
    monkeypatch.setattr(engine, "_opened", engine._Opened())


def test_without_pyspark_the_extra_is_named(nothing_open, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError, match=r"pip install 'maillage\[spark\]'"):
        open_spark()


# The pipe to a JVM that never started is left to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file <_io.BufferedWriter:ResourceWarning")
def test_without_java_the_version_is_named_and_nothing_is_left(nothing_open, monkeypatch, tmp_path):
    pytest.importorskip("pyspark")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(UsageError, match="Java 17 or 21"):
        open_spark()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_session_is_given_again_and_only_with_the_same_options(spark):
    assert open_spark() is spark
    with pytest.raises(UsageError, match="close it before"):
        open_spark(SparkOptions(driver_memory="3g"))


@pytest.mark.slow
def test_workers_run_this_python_on_this_code(spark):
    def where(batches):
        import pyarrow as pa

        for _ in batches:
            yield pa.RecordBatch.from_pydict({"python": [sys.executable], "code": [maillage.__file__]})

    found = spark.range(1).repartition(1).mapInArrow(where, "python string, code string").toArrow().to_pylist()
    assert found == [{"python": sys.executable, "code": maillage.__file__}]


@pytest.mark.slow
def test_spark_writes_in_its_own_folder_alone(spark, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    spark.range(10).createOrReplaceTempView("ten")
    assert spark.sql("select sum(id) from ten").first()[0] == 45
    scratch = Path(spark.conf.get("spark.local.dir"))
    assert (scratch / "spark.log").exists()
    assert list(tmp_path.iterdir()) == []
