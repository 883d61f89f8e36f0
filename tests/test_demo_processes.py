"""What the demo starts ends with it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PARENT = """
import sys, time
from collections.abc import Callable
from pathlib import Path
from reconciler.management.demonstration.processes import Processes
here = Path(sys.argv[1])
child = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)"
Processes(here).start("child", "-c", child, log=here / "log")
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_child_ends_when_the_demo_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)]) as parent:
        told = tmp_path / "pid"
        assert _soon(lambda: told.exists() and told.read_text() != "")
        parent.kill()
    status = Path("/proc", told.read_text(), "stat")
    assert _soon(lambda: not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z")


def _soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.05)
    return held
