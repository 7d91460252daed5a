"""A Spark session for what one machine should not do alone; needs the extra ``spark`` and Java 17 or 21."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import maillage
from maillage.errors import UsageError


@dataclass(frozen=True, slots=True)
class SparkOptions:
    """Where Spark runs and what it may take.

    ``master`` is Spark's own address of a cluster (``local[2]``: two cores of this machine); ``driver_memory`` is that
    of the JVM, workers in Python not included; ``settings`` are Spark's own, and come last.
    """

    master: str = "local[2]"
    driver_memory: str = "1g"
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Opened:
    """The session of this process (Spark allows one), its JVM, and the folder that both write to."""

    session: Any = None
    gateway: Any = None
    options: SparkOptions = field(default_factory=SparkOptions)
    scratch: Path | None = None


_opened = _Opened()


def open_spark(options: SparkOptions | None = None) -> Any:
    """The SparkSession of this process, opened at the first call and given again to whoever asks for no other options.

    It listens on this machine only, shows no page, logs errors only, keeps no metastore and writes in a temporary
    folder alone (its log, ``spark.log``, too), which ``close_spark`` or the end of the process removes. Times are in
    UTC. Workers run this Python and import this very Maillage. Raises UsageError without pyspark, without a Java that
    suits it, and when a session is open with other options.
    """
    wanted = options or SparkOptions()
    if _opened.session is not None:
        if options not in (None, _opened.options):
            raise UsageError(f"Spark is open with {_opened.options}: close it before opening it with {wanted}.")
        return _opened.session
    try:
        import pyspark
    except ImportError as problem:
        raise UsageError(
            "Running on Spark needs the extra `spark`.", hint="Install it with: pip install 'maillage[spark]'"
        ) from problem
    atexit.register(close_spark)
    _opened.options, _opened.scratch = wanted, Path(tempfile.mkdtemp(prefix="maillage-spark-"))
    conf = pyspark.SparkConf().setAll([*_settings(_opened.scratch, wanted).items(), *wanted.settings])
    try:
        _opened.gateway = _start_java(conf, _opened.scratch / "spark.log")
        context = pyspark.SparkContext(conf=conf, gateway=_opened.gateway)
    except BaseException:
        close_spark()
        raise
    context.pythonExec = conf.get("spark.pyspark.python") or sys.executable
    _opened.session = pyspark.sql.SparkSession(context)
    return _opened.session


def close_spark() -> None:
    """Stop the session and its JVM, and remove what they wrote; nothing happens where none is open."""
    if _opened.session is not None:
        _opened.session.stop()
    if _opened.gateway is not None:
        _end(_opened.gateway)
    if _opened.scratch is not None:
        shutil.rmtree(_opened.scratch, ignore_errors=True)
    _opened.session = _opened.gateway = _opened.scratch = None
    atexit.unregister(close_spark)


def _start_java(conf: Any, log: Path) -> Any:
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    with log.open("w", encoding="utf-8") as stream:
        try:
            return launch_gateway(conf, {"stderr": stream, "stdout": stream})
        except PySparkRuntimeError as problem:
            raise UsageError(
                "Running on Spark needs Java 17 or 21, and no Java that suits it was found.",
                hint="Install one (Debian: apt-get install openjdk-17-jre-headless) or point JAVA_HOME to it.",
            ) from problem


def _end(gateway: Any) -> None:
    """End the JVM: pyspark keeps it for the next session, which would then ignore its own options of memory."""
    from pyspark import SparkContext

    gateway.shutdown()
    if gateway.proc is not None:  # started here, not by spark-submit
        gateway.proc.stdin.close()
        gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def _settings(scratch: Path, options: SparkOptions) -> dict[str, str]:
    java = f"-Djava.io.tmpdir={scratch} -Dderby.system.home={scratch} -Djava.net.preferIPv4Stack=true -XX:-UsePerfData"
    return {
        "spark.app.name": "maillage",
        "spark.master": options.master,
        "spark.driver.memory": options.driver_memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": java,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.local.dir": str(scratch),
        "spark.pyspark.python": sys.executable,
        "spark.executorEnv.PYTHONPATH": str(Path(maillage.__file__).parents[1]),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": (scratch / "warehouse").as_uri(),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
