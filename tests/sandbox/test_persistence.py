"""A second start goes on where the first ended."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from reconciler.sandbox import SandboxServer, persistence
from reconciler.sandbox.__main__ import main

from .conftest import NOON, Caller

ROOT = Path(__file__).parents[2]


def test_a_second_start_keeps_what_was_done_in_the_first(tmp_path: Path) -> None:
    data = tmp_path / "box.json"
    with SandboxServer("small", 1, NOON, data=data) as first:
        Caller(first).patch(3, sku="1001")
        first.control.switch(U6="all")
        before = (first.control.truth(), first.control.shelf(), first.control.canaries())
    with SandboxServer("demo", 9, data=data) as second:
        about = second.control.about()
        assert (about["scenario"], about["seed"], about["switches"]["U6"]) == ("small", 1, "all")
        assert (second.control.truth(), second.control.shelf(), second.control.canaries()) == before


def test_every_scenario_survives_being_written_and_read(tmp_path: Path) -> None:
    with SandboxServer("demo", 2, NOON) as sandbox:
        content = persistence.text(sandbox.box.account, sandbox.box.clock)
        again = persistence.load(json.loads(content), sandbox.box.clock)
        assert persistence.text(again, sandbox.box.clock) == content


def test_after_a_restart_the_clock_catches_up(tmp_path: Path) -> None:
    data = tmp_path / "box.json"
    with SandboxServer("good", 1, data=data) as sandbox:
        orders = sandbox.control.about()["orders"]
    kept = json.loads(data.read_text())
    kept["clock"]["offset"] += 10 * 86400
    data.write_text(json.dumps(kept))
    with SandboxServer("good", 1, data=data) as sandbox:
        assert sandbox.control.about()["orders"] > orders + 20


def test_the_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "box.json"
    persistence.write(path, '{"version": 1}')

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        persistence.write(path, '{"version": 2}')
    assert json.loads(path.read_text()) == {"version": 1}


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    path.write_text('{"version": 0}')
    with pytest.raises(ValueError, match="another version"):
        SandboxServer("empty", data=path)


def test_a_port_that_is_taken_is_said_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with SandboxServer("empty") as sandbox, pytest.raises(SystemExit) as ended:
        main(["--scenario", "empty", "--port", str(sandbox.port)])
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("The sandbox can not start: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_address_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    data = tmp_path / "box.json"
    command = [sys.executable, "-m", "reconciler.sandbox", "--scenario", "small", "--data", str(data)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/_sandbox/", timeout=10) as answer:
            assert json.load(answer)["scenario"] == "small"
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
    assert url.startswith("http://127.0.0.1:")
    assert json.loads(data.read_text())["scenario"] == "small"
