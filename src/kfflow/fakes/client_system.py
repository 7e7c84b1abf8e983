"""A client system that one can switch faults on in: `python -m kfflow.fakes.client_system --port 8099`.

It listens on the loopback address alone and speaks what `kfflow.klientsystem.http` asks for. Beside that:

    GET /                   a page with what it holds, to switch faults on and off
    PUT /persons/<number>   master data for a person; the version grows
    PUT /faults             {"down": true, "slow": 2.5, "stale": true, …}; see `Faults`
"""

import json
import threading
import time
from collections.abc import Container
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

import click

HOST = "127.0.0.1"
SLOW = 2.0
"""Seconds that the page's tick lets every answer take."""
FAULTS = {
    "down": "Svarer ikke (503) – away",
    "slow": "Langsom, 2 sekunder hver gang – slow",
    "stale": "Gamle stamdata – stale data",
    "wrong": "Stamdata med en umulig dato – impossible data",
    "duplicate": "Svaret på et udfald går tabt – lost answers",
    "readonly": "Tager ikke imod udfald – read-only",
}
"""What the page calls the faults, by the fields of `Faults`."""
PAGE = """<!DOCTYPE html><html lang="da"><meta charset="utf-8"><title>Klientsystemet (attrap)</title>
<body style="font:16px/1.5 sans-serif;max-width:40em;margin:2em auto;padding:0 1em">
<h1>Klientsystemet (attrap – stand-in)</h1>
<p>{personer} personer, {udfald} udfald modtaget. – {personer} persons, {udfald} outcomes taken.</p>
<form method="post"><fieldset><legend>Fejl – faults</legend>{ticks}<button>Sæt – set</button></fieldset></form>
</body></html>"""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong.

    `down`: 503 to everything. `slow`: seconds before each answer. `stale`: master data as they first were.
    `wrong`: master data with a date that does not exist. `duplicate`: an outcome is taken but the answer is lost, so
    that it comes again. `readonly`: outcomes are refused.
    """

    down: bool = False
    slow: float = 0.0
    stale: bool = False
    wrong: bool = False
    duplicate: bool = False
    readonly: bool = False


@dataclass(slots=True)
class FakeClientSystem:
    """The register: versions of each person's master data, and the outcomes by key with how often each came."""

    faults: Faults = field(default_factory=Faults)
    persons: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    outcomes: dict[str, Any] = field(default_factory=dict)
    arrivals: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def know(self, number: str, **told: Any) -> None:  # noqa: ANN401 - fields of MasterData
        """Enter or change a person."""
        with self.lock:
            versions = self.persons.setdefault(number, [])
            latest = versions[-1] if versions else dict[str, Any](person_number=number, name="", facts={}, version=0)
            versions.append({**latest, **told, "version": int(latest["version"]) + 1})

    def enter(self, told: dict[str, Any]) -> None:
        """Enter a person as told, in the version told."""
        with self.lock:
            self.persons[told["person_number"]] = [told]

    def master_data(self, number: str) -> dict[str, Any] | None:
        with self.lock:
            versions = self.persons.get(number)
            if not versions:
                return None
            told = versions[0] if self.faults.stale else versions[-1]
            return {**told, "born_on": "1990-02-31"} if self.faults.wrong else told

    def take(self, key: str, outcome: Any) -> int:  # noqa: ANN401 - JSON
        """Take an outcome; gives the status. The same key with another content is refused."""
        with self.lock:
            if self.faults.readonly:
                return 403
            self.arrivals[key] = self.arrivals.get(key, 0) + 1
            if key in self.outcomes:
                return 200 if self.outcomes[key] == outcome else 409
            self.outcomes[key] = outcome
            return 500 if self.faults.duplicate else 201


def ticked_faults(names: Container[str]) -> Faults:
    """Give the faults that somebody ticked on the page."""
    ticked = {name: name in names for name in FAULTS}
    return Faults(**{**ticked, "slow": SLOW if ticked["slow"] else 0.0})  # type: ignore[arg-type]  # slow is the one number


class FakeServer(ThreadingHTTPServer):
    """The register on a port of the loopback address; 0 takes a free one."""

    daemon_threads = True

    def __init__(self, register: FakeClientSystem, port: int = 0) -> None:
        self.register = register
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer

    def do_GET(self) -> None:
        """Answer kfflow; the page for people is shown whatever the faults."""
        if self.path == "/":
            self._show()
        elif self._answers():
            if self.path == "/outcomes":
                self._send(200, list(self.server.register.outcomes))
                return
            told = self.server.register.master_data(unquote(self.path.removeprefix("/persons/")))
            self._send(404 if told is None else 200, told)

    def do_POST(self) -> None:
        """Take an outcome, or the page's form with the faults ticked."""
        if self.path == "/":
            ticked = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            self.server.register.faults = ticked_faults(ticked)
            self._show()
            return
        body = self._body()
        if self._answers():
            status = self.server.register.take(self.headers["Idempotency-Key"], body)
            self._send(status, {"detail": f"status {status}"})

    def do_PUT(self) -> None:
        """Switch faults and enter persons; faults do not concern this."""
        body, register = self._body(), self.server.register
        if self.path == "/faults":
            register.faults = replace(Faults(), **body)
            self._send(200, asdict(register.faults))
        else:
            register.know(unquote(self.path.removeprefix("/persons/")), **body)
            self._send(200, None)

    def _answers(self) -> bool:
        faults = self.server.register.faults
        time.sleep(faults.slow)
        if faults.down:
            self._send(503, None)
        return not faults.down

    def _body(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")

    def _show(self) -> None:
        register = self.server.register
        ticks = "".join(
            f'<p><label><input type="checkbox" name="{name}"{" checked" if getattr(register.faults, name) else ""}> '
            f"{words}</label></p>"
            for name, words in FAULTS.items()
        )
        counts = {"personer": len(register.persons), "udfald": len(register.outcomes)}
        self._write(200, "text/html; charset=utf-8", PAGE.format(ticks=ticks, **counts).encode())

    def _send(self, status: int, body: Any) -> None:  # noqa: ANN401 - JSON
        self._write(status, "application/json", json.dumps(body).encode())

    def _write(self, status: int, kind: str, text: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except (BrokenPipeError, ConnectionResetError):
            return  # whoever asked did not wait

    def log_message(self, *_: object) -> None:
        """Say nothing: a person's number stands in the path."""


@click.command()
@click.option("--port", default=8099, show_default=True, type=click.IntRange(0, 65_535))
def main(port: int) -> None:
    """Stand in for the client system on the loopback address until interrupted."""
    with FakeServer(FakeClientSystem(), port) as server:
        click.echo(server.address)
        server.serve_forever()


if __name__ == "__main__":
    main()
