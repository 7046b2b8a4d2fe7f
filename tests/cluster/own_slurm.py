"""A Slurm of the test's own on one machine: munged, slurmctld, slurmd, in a folder and in processes that are gone
afterwards.

Everything lies in one folder under /tmp and listens on free ports; nothing is written to /etc, and a Slurm that the
machine has already is not touched. No systemd and no cgroups are needed.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "munged")
PATIENCE_S = 60.0

CONF = """
ClusterName=own
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=2
ReturnToService=2
SlurmdParameters=config_overrides
MpiDefault=none
KillWait=10
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=debug Nodes={host} Default=NO MaxTime=60 State=UP OverSubscribe=NO
"""
"""A requeued task may begin again after cred_expire seconds; Slurm's own value is 120."""


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
            for name in ("state", "spool", "munge"):
                (self.folder / name).mkdir(mode=0o755)
            ports = {"controller": _free_port(), "daemon": _free_port()}
            conf.write_text(CONF.format(host=socket.gethostname().split(".")[0], folder=self.folder, **ports))
            self._start_munged()
            self._start("slurmctld", "-D", "-i", "-f", str(conf))
            self._start("slurmd", "-D", "-f", str(conf))
            self._wait_for("an idle node", lambda: b"idle" in self.ask("sinfo", "-h", "-o", "%T"))
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
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *command: str) -> bytes:
        """What a command of Slurm's says."""
        environment = os.environ | self.environment
        return subprocess.run(command, env=environment, capture_output=True, check=False).stdout

    def logs(self) -> str:
        """The last of what the daemons wrote."""
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{path.name}:\n{path.read_text(errors='replace')[-3_000:]}" for path in found)

    def _start_munged(self) -> None:
        munge = self.folder / "munge"
        key = munge / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = [f"--{name}-file={munge}/{name}" for name in ("pid", "log", "seed")]
        socket_path = munge / "socket"
        self._start("munged", "--foreground", "--force", f"--socket={socket_path}", f"--key-file={key}", *files)
        self._wait_for("munged's socket", socket_path.exists)

    def _start(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.out.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | self.environment
                )
            )

    def _wait_for(self, what: str, come: object) -> None:
        until = time.monotonic() + PATIENCE_S
        while not come():  # type: ignore[operator]
            ended = [p for p in self._processes if p.poll() is not None]
            if ended or time.monotonic() > until:
                raise RuntimeError(f"no {what}: {self.logs()}")
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


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
