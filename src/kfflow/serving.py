"""Serving an installation: everything started in order, said as it goes, and stopped in order."""

import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from types import FrameType

import click
from waitress.server import create_server

from kfflow import installation as installations
from kfflow.app import create_app
from kfflow.demo import accounts as demo_accounts
from kfflow.demo import population
from kfflow.errors import InvalidInput
from kfflow.fakes import filling
from kfflow.fakes.client_system import FakeClientSystem, FakeServer
from kfflow.installation import Installation
from kfflow.settings import Settings

THREADS = 8
STAND_IN_PORT = 8099
"""Where the demo's client system answers when nobody else does there."""
LAST_ORDERS = 25.0
"""Seconds that the worker has to give back what it holds, before its database is stopped."""
ROLES = {
    "caseworker": "sagsbehandler",
    "supervisor": "leder",
    "designer": "procesdesigner",
    "auditor": "revisor",
    "administrator": "administrator",
    "worker": "program",
}


def run(settings: Settings, *, with_worker: bool = True) -> None:
    """Start database, schema, processes, demo and worker, then serve until told to stop."""
    began = time.monotonic()
    _require_free(settings.host, settings.port)
    register = None
    if settings.demo and settings.klientsystem_url is None:
        register, settings = _stand_in(settings)
    _say("Starter databasen")
    assembled = installations.assemble(settings)
    _say("Fører databasen frem til denne version")
    installations.migrate(assembled)
    _say("Sætter processer, tabeller og formularer i drift")
    installations.deploy_shipped(assembled)
    if settings.demo:
        _load_demo(assembled)
    if register is not None:
        filling.fill(register, assembled.database)
    working = assembled.worker.start() if with_worker else None
    server = create_server(
        create_app(assembled),
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident="kfflow",
        channel_request_lookahead=1,
        send_bytes=1,  # what a page tells step by step is sent step by step
    )
    installations.settle()
    _greet(settings, time.monotonic() - began)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        server.close()
    finally:
        assembled.worker.stop()
        if working is not None:
            working.join(LAST_ORDERS)
        assembled.database.close()


def _stand_in(settings: Settings) -> tuple[FakeClientSystem, Settings]:
    """Start a client system that stands in for the real one; gives it, and the settings that lead to it."""
    register = FakeClientSystem()
    try:
        server = FakeServer(register, STAND_IN_PORT)
    except OSError:
        server = FakeServer(register)
    threading.Thread(target=server.serve_forever, name="kfflow-client-system", daemon=True).start()
    return register, replace(settings, klientsystem_url=server.address)


def _require_free(host: str, port: int) -> None:
    """Find out before anything starts whether the address can be served; raises InvalidInput that says what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as problem:
        raise InvalidInput(
            f"{host}:{port} kan ikke bruges ({problem}). Vælg en anden port, fx KFFLOW_PORT=8081.",
            f"{host}:{port} cannot be used ({problem}). Choose another port, e.g. KFFLOW_PORT=8081.",
        ) from problem


def _load_demo(assembled: Installation) -> None:
    if population.is_loaded(assembled.database):
        return
    _say("Lever de uger, som demoen viser (SYNTETISK); det tager omkring et minut")
    population.load(assembled.database, progress=sys.stderr.isatty())


def _say(words: str) -> None:
    click.secho(f"· {words} …", fg="cyan")


def _greet(settings: Settings, seconds: float) -> None:
    click.secho(f"\nkfflow kører på http://{settings.host}:{settings.port}  ({seconds:.1f} s)", fg="green", bold=True)
    if not settings.demo:
        return
    click.echo(f"\nDemobrugere, med adgangskoden {demo_accounts.PASSWORD}, hvor intet andet står:")
    for login in demo_accounts.LOGINS:
        own = "" if login.password == demo_accounts.PASSWORD else f" (adgangskode {login.password})"
        click.echo(f"  {login.username:<16} {login.name}, {', '.join(ROLES[role] for role in login.roles)}{own}")
    click.echo(f"\nEt klientsystem, der kan få fejl: {settings.klientsystem_url}")
    click.echo("\nAlle personer i demoen er SYNTETISKE. Stop med Ctrl-C.\n")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
