"""A Slurm of the test's own on one machine: munged, slurmctld and two nodes, in a folder and in processes that are gone
afterwards.

Everything lies in one folder under /tmp and listens on free ports; nothing is written to /etc, and a Slurm that the
machine has already is not touched. No systemd and no cgroups are needed. Each node is a slurmd with a host name of its
own, so that tasks see two hosts; where the kernel lets nobody have that, one node has both slots.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "munged")
PATIENCE_S = 60.0

CONF = """
ClusterName=own
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=2
ReturnToService=2
SlurmdParameters=config_overrides
MpiDefault=none
KillWait=10
PartitionName=debug Nodes=ALL Default=NO MaxTime=60 State=UP OverSubscribe={share}
"""
"""A requeued task may begin again after cred_expire seconds; Slurm's own value is 120."""

NODE = "NodeName={node} NodeHostname={node} NodeAddr=127.0.0.1 Port={port} CPUs=2 State=UNKNOWN\n"


def why_not() -> str:
    """Why there can be no Slurm of one's own here; empty if there can."""
    if os.geteuid() != 0:
        return "Slurm's daemons need root"
    if not Path("/etc/debian_version").exists() or shutil.which("apt-get") is None:
        return "Slurm is installed with Debian's apt-get"
    return ""


def install() -> None:
    """Install what is missing of Slurm; its services are not started."""
    if all(shutil.which(program) for program in PROGRAMS):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=True, capture_output=True)
    command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, env=environment, check=True, capture_output=True)


class OwnSlurm:
    """Two slots in a partition `debug`; enter it, use `environment`, leave it."""

    def __enter__(self) -> OwnSlurm:
        self.folder = Path(tempfile.mkdtemp(prefix="own-slurm-"))
        self.folder.chmod(0o755)
        self._processes: list[subprocess.Popen[bytes]] = []
        conf = self.folder / "slurm.conf"
        self.environment = {"SLURM_CONF": str(conf)}
        try:
            for name in ("state", "munge"):
                (self.folder / name).mkdir(mode=0o755)
            host = socket.gethostname().split(".")[0]
            self.nodes = ["node1", "node2"] if _hosts_can_be_made() else [host]
            ports = _free_ports(1 + len(self.nodes))
            share = "EXCLUSIVE" if len(self.nodes) > 1 else "NO"
            text = CONF.format(host=host, folder=self.folder, controller=ports.pop(), share=share)
            conf.write_text(
                text + "".join(NODE.format(node=node, port=ports.pop()) for node in self.nodes), encoding="utf-8"
            )
            self._start_munged()
            self._start("slurmctld", "-D", "-i", "-f", str(conf))
            for node in self.nodes:
                rename = () if node == host else ("unshare", "--uts", "sh", "-c", f'hostname {node}; exec "$@"', "-")
                self._start(*rename, "slurmd", "-D", "-N", node, "-f", str(conf), log=node)
            count = str(len(self.nodes)).encode()
            self._wait_for("idle nodes", lambda: self.ask("sinfo", "-h", "-t", "idle", "-o", "%D").strip() == count)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        for process in reversed(self._processes):  # the slurmd first, so that no task is left
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pid in _processes_that_name(self.folder):  # what slurmd started and left: its tasks' steps
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *command: str) -> bytes:
        """What a command of Slurm's says."""
        environment = os.environ | self.environment
        return subprocess.run(command, env=environment, capture_output=True, check=False).stdout

    def logs(self) -> str:
        """The last of what the daemons wrote."""
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"{path.name}:\n{path.read_text(errors='replace', encoding='utf-8')[-3_000:]}" for path in found
        )

    def _start_munged(self) -> None:
        munge = self.folder / "munge"
        key = munge / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = [f"--{name}-file={munge}/{name}" for name in ("pid", "log", "seed")]
        socket_path = munge / "socket"
        self._start("munged", "--foreground", "--force", f"--socket={socket_path}", f"--key-file={key}", *files)
        self._wait_for("munged's socket", socket_path.exists)

    def _start(self, *command: str, log: str = "") -> None:
        with (self.folder / f"{log or command[0]}.out.log").open("wb") as file:
            environment = os.environ | self.environment
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment)
        self._processes.append(process)

    def _wait_for(self, what: str, come: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not come():
            ended = [p for p in self._processes if p.poll() is not None]
            if ended or time.monotonic() > until:
                raise RuntimeError(f"no {what}: {self.logs()}")
            time.sleep(0.1)


def _hosts_can_be_made() -> bool:
    return subprocess.run(["unshare", "--uts", "hostname", "node1"], capture_output=True, check=False).returncode == 0


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _processes_that_name(folder: Path) -> list[int]:
    """Processes whose environment or command line has the folder in it."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            said = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in said and int(path.name) != os.getpid():
            found.append(int(path.name))
    return found
