"""Over a real SSH connection: the app answers keys, and goes with the connection. Needs OpenSSH's client and server.

The server is this test's own: its key, its port, its configuration, on this machine only. Nothing is installed unless
SDD_TEST_INSTALL_SSHD is set, as root on Debian or its kin.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdd_tui.run.liveness import process_started
from tests.terminal import Terminal
from tests.waiting import PATIENCE_S, wait_until

KEYGEN = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f")


def _server() -> str | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    if os.environ.get("SDD_TEST_INSTALL_SSHD") and os.geteuid() == 0 and shutil.which("sshd", path=path) is None:
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "openssh-server", "openssh-client"]):
            subprocess.run(command, capture_output=True, check=True)
    return shutil.which("sshd", path=path)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[list[str]]:
    """The beginning of a command that runs the rest of it over SSH, on a terminal of its own."""
    server = _server()
    if server is None or shutil.which("ssh") is None:
        pytest.skip("no sshd and ssh here (SDD_TEST_INSTALL_SSHD=1 installs them, as root on Debian)")
    home, port = tmp_path / "ssh", _free_port()
    home.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run([*KEYGEN, str(home / name)], check=True)
    shutil.copy(home / "user.pub", home / "authorized_keys")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where a server started by root insists on shutting itself in
    settings = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": home / "host", "PidFile": home / "pid",
        "AuthorizedKeysFile": home / "authorized_keys", "StrictModes": "no", "UsePAM": "no",
        "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no", "PermitRootLogin": "prohibit-password",
    }  # fmt: skip
    (home / "config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    log = home / "log"
    daemon = subprocess.Popen([server, "-D", "-f", str(home / "config"), "-E", str(log)])
    client = ["ssh", "-tt", "-q", "-F", "none", "-i", str(home / "user"), "-p", str(port)]
    client += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes"]
    client += [f"{getpass.getuser()}@127.0.0.1"]
    try:
        until = time.monotonic() + PATIENCE_S
        while (tried := subprocess.run([*client, "true"], stdin=subprocess.DEVNULL, capture_output=True)).returncode:
            if time.monotonic() > until or daemon.poll() is not None:
                pytest.skip(f"sshd does not let us in here: {tried.stderr[-200:]!r} {log.read_text()[-300:]}")
            time.sleep(0.1)
        yield client
    finally:
        daemon.terminate()
        daemon.wait()


def test_over_ssh_keys_are_answered_and_a_lost_connection_takes_the_app_with_it(
    ssh: list[str], runs: Path, recorded: Path, tmp_path: Path
) -> None:
    own = {k: os.environ[k] for k in ("XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    own |= {"PYTHONPATH": str(Path(__file__).parents[2]), "COLORTERM": "truecolor"}
    settings = " ".join(f"{k}={v}" for k, v in own.items())
    pid = tmp_path / "pid"
    app = f"{sys.executable} -m sdd_tui.tui.command --runs-dir {runs} {recorded.name}"
    with Terminal([*ssh, f"echo $$ > {pid}; exec env {settings} {app}"]) as terminal:
        terminal.until(lambda text: "frame 8 of 8" in text)
        terminal.send("\x1b[D")
        terminal.until(lambda text: "frame 7 of 8" in text)
        terminal.send("3f")
        terminal.until(lambda text: "3 hidden" in text and "1 loss" not in text)
        remote = int(pid.read_text())
        assert process_started(remote) is not None
        for key in ("\x1b[C", "\x1b[D") * 2:
            before = terminal.frames
            terminal.send(key)
            # questions come through, and answers
            terminal.until(lambda text, before=before: terminal.frames > before)  # type: ignore[misc]
        terminal.until(lambda text: "frame 7 of 8" in text)
        terminal.process.kill()
        wait_until(lambda: process_started(remote) is None)
    with Terminal([*ssh, f"exec env {settings} {app}"]) as terminal:
        terminal.until(lambda text: "frame 7 of 8" in text and "3 hidden" in text and "1 loss" not in text)
        terminal.send("q")
        assert terminal.ended() == 0
