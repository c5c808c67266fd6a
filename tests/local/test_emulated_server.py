"""The emulator's process: it answers as its account, and it never outlives its owners."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.errors import OperationError, PlatformError
from platform_lib.local.server import LocalAws

_OWNER = """
import sys, time
from platform_lib.local.server import LocalAws

aws = LocalAws(account_id="123456789012", region="eu-central-1").start()
if sys.argv[1:] == ["supervised"]:
    import subprocess
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"],
                             pass_fds=[aws.lifeline_fd])
    print(aws.pid, aws.port, child.pid, flush=True)
else:
    print(aws.pid, aws.port, 0, flush=True)
time.sleep(60)
"""


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _lives(pid):
            return True
        time.sleep(0.05)
    return False


def _owner(*arguments: str) -> tuple[subprocess.Popen[str], int, int, int]:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid, port, supervisor = (int(word) for word in owner.stdout.readline().split())
    owner.stdout.close()
    return owner, pid, port, supervisor


def test_answers_as_the_account(client: Callable[[str], Any]) -> None:
    """sts:GetCallerIdentity names the account that was asked for, as allowed_account_ids needs."""
    identity = client("sts").get_caller_identity()

    assert identity["Account"] == "210987654321"


def test_answers_as_the_account_for_unsigned_resources(client: Callable[[str], Any]) -> None:
    """ARNs carry the account too."""
    made = client("sns").create_topic(Name="alerts")

    assert made["TopicArn"] == "arn:aws:sns:eu-central-1:210987654321:alerts"


def test_ends_with_stop() -> None:
    """Nothing is left after stop, and the port is free again."""
    aws = LocalAws(account_id="123456789012", region="eu-central-1").start()
    pid, port = aws.pid, aws.port

    aws.stop()

    assert not _lives(pid)
    with LocalAws(account_id="123456789012", region="eu-central-1", port=port) as again:
        assert again.port == port


def test_starting_twice_keeps_the_first() -> None:
    """A second start changes nothing."""
    with LocalAws(account_id="123456789012", region="eu-central-1") as aws:
        pid = aws.pid

        aws.start()

        assert aws.pid == pid


def test_ends_when_its_owner_is_killed() -> None:
    """An owner that dies by kill -9 takes the emulator with it within seconds."""
    owner, pid, _, _ = _owner()

    owner.kill()
    owner.wait()

    assert _gone_within(pid, 5)


def test_outlives_its_owner_for_a_supervisor() -> None:
    """Whoever inherited the lifeline keeps the emulator alive, and ends it by ending."""
    owner, pid, port, supervisor = _owner("supervised")
    owner.kill()
    owner.wait()
    time.sleep(0.5)

    with socket.create_connection(("127.0.0.1", port), timeout=2):
        os.kill(supervisor, signal.SIGKILL)

    assert _gone_within(pid, 5)


def test_ctrl_c_passes_it_by() -> None:
    """SIGINT and SIGHUP do not end it: a Terraform that was interrupted still saves its state."""
    with LocalAws(account_id="123456789012", region="eu-central-1") as aws:
        os.kill(aws.pid, signal.SIGINT)
        os.kill(aws.pid, signal.SIGHUP)
        time.sleep(0.2)

        assert aws.inventory() == []


def test_is_not_in_its_owners_process_group() -> None:
    """The terminal's Ctrl-C goes to a process group, of which the emulator is no member."""
    with LocalAws(account_id="123456789012", region="eu-central-1") as aws:
        assert os.getpgid(aws.pid) != os.getpgid(0)


def test_a_busy_port_is_one_sentence() -> None:
    """The message names the port and the fix."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(OperationError, match=f"port {port} on 127.0.0.1") as caught:
            LocalAws(account_id="123456789012", region="eu-central-1", port=port).start()

    assert caught.value.problems[0].code == "PortBusy"
    assert "choose another port" in str(caught.value)


@pytest.mark.parametrize("account_id", ["", "12345678901", "1234567890123", "12345678901x"])
def test_refuses_what_is_no_account(account_id: str) -> None:
    """Twelve digits, or the message says so."""
    with pytest.raises(PlatformError, match="give its twelve digits"):
        LocalAws(account_id=account_id, region="eu-central-1")


def test_says_that_it_is_not_running() -> None:
    """Asking before start names the fix."""
    aws = LocalAws(account_id="123456789012", region="eu-central-1")

    with pytest.raises(OperationError, match=r"call start\(\) first"):
        _ = aws.port


def test_says_that_it_is_gone() -> None:
    """Asking one that has died is one sentence, not a traceback of sockets."""
    with LocalAws(account_id="123456789012", region="eu-central-1") as aws:
        os.kill(aws.pid, signal.SIGKILL)
        time.sleep(0.2)

        with pytest.raises(OperationError, match="does not answer"):
            aws.inventory()


def test_a_failing_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that dies before it listens is reported with its last line."""
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(OperationError, match="did not start") as caught:
        LocalAws(account_id="123456789012", region="eu-central-1").start()

    assert caught.value.problems[0].code == "EmulatorNotStarted"


def test_reset_empties_the_account(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """After reset nothing is left, gaps included."""
    client("sns").create_topic(Name="alerts")

    aws.reset()

    assert aws.inventory() == []
    assert aws.unimplemented() == []
