"""The client system over HTTP: the one file that knows addresses, status codes and time limits.

    GET  /persons/<number>   200 master data, 404 unknown
    POST /outcomes           201 taken, 200 had it already, 403 read-only, 409 or 422 refused; `Idempotency-Key`
    GET  /outcomes           200 a list of keys

After a failure nobody is kept waiting: calls fail at once for 1, 2, 4 … at most 300 seconds, then one is tried again.
"""

import http.client
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import structlog
from pydantic import TypeAdapter, ValidationError

from kfflow.errors import Conflict, InvalidInput, Unavailable
from kfflow.klientsystem.port import MasterData

log = structlog.get_logger(__name__)

TIME_LIMIT = 5.0
"""Seconds that one call may take."""
LARGEST_ANSWER = 8 * 1024 * 1024
LONGEST_PAUSE = 300.0
REFUSED = {403, 409, 422}
MANY = frozenset({"reconciliation"})
"""Reasons of which there is a call for every person; these calls are logged at DEBUG, their sum by whoever calls."""
FAULT = 500


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


class Circuit:
    """Remembers that the other side does not answer, and when it is worth asking again."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether a call may be made."""
        with self._lock:
            return self._elapsed() >= self._closed_until

    def note(self, *, answered: bool) -> None:
        with self._lock:
            self._failures = 0 if answered else self._failures + 1
            pause = 0.0 if answered else min(2.0 ** (self._failures - 1), LONGEST_PAUSE)
            self._closed_until = self._elapsed() + pause


class HttpClientSystem:
    """The client system at an address; safe to share between threads."""

    def __init__(
        self, address: str, *, time_limit: float = TIME_LIMIT, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """Take an `http://` or `https://` address; `elapsed` gives seconds from any beginning."""
        self.address = address.rstrip("/")
        self.time_limit = time_limit
        self.circuit = Circuit(elapsed)

    def master_data(self, person_number: str, *, reason: str) -> MasterData | None:
        path = f"/persons/{urllib.parse.quote(person_number, safe='')}"
        answer = self._call("GET", path, what="/persons", reason=reason)
        if answer.status == http.client.NOT_FOUND:
            return None
        told = _read(answer, TypeAdapter(MasterData))
        if told.person_number != person_number:
            raise _unusable("person_number: another person")
        return told

    def write(self, key: str, outcome: Mapping[str, Any], *, reason: str) -> None:
        answer = self._call("POST", "/outcomes", what="/outcomes", reason=reason, key=key, body=orjson.dumps(outcome))
        if answer.status in REFUSED:
            words = answer.body[:500].decode(errors="replace")
            raise Conflict(f"Klientsystemet afviste: {words}", f"The client system refused: {words}")
        if answer.status not in {http.client.OK, http.client.CREATED}:
            raise _unusable(f"status {answer.status}")

    def written(self, *, reason: str) -> set[str]:
        return _read(self._call("GET", "/outcomes", what="/outcomes", reason=reason), TypeAdapter(set[str]))

    def _call(
        self, method: str, path: str, *, what: str, reason: str, key: str | None = None, body: bytes | None = None
    ) -> _Answer:
        """Make one call and log it by what it was and why, without whom it was about."""
        if not self.circuit.is_open:
            raise _away("no call before the pause is over")
        headers = {"Accept": "application/json", "Content-Type": "application/json", "X-Reason": reason.encode().hex()}
        headers |= {"Idempotency-Key": key} if key else {}
        request = urllib.request.Request(self.address + path, body, headers, method=method)  # noqa: S310 - settings take http(s) alone
        begun = time.monotonic()
        try:
            answer = self._send(request)
        except (OSError, http.client.HTTPException) as problem:
            self._note(method, what, reason, begun, outcome=type(problem).__name__)
            raise _away(type(problem).__name__) from problem
        self._note(method, what, reason, begun, outcome=answer.status)
        if answer.status >= FAULT:
            raise _away(f"status {answer.status}")
        return answer

    def _send(self, request: urllib.request.Request) -> _Answer:
        try:
            with urllib.request.urlopen(request, timeout=self.time_limit) as response:  # noqa: S310 - settings take http(s) alone
                return _Answer(response.status, response.read(LARGEST_ANSWER))
        except urllib.error.HTTPError as problem:
            with problem:
                return _Answer(problem.code, problem.read(LARGEST_ANSWER))

    def _note(self, method: str, what: str, reason: str, begun: float, *, outcome: int | str) -> None:
        self.circuit.note(answered=isinstance(outcome, int) and outcome < FAULT)
        took = round((time.monotonic() - begun) * 1000)
        note = log.debug if reason in MANY else log.info
        note("client_system_called", method=method, what=what, reason=reason, outcome=outcome, milliseconds=took)


T = TypeVar("T")


def _read(answer: _Answer, shape: TypeAdapter[T]) -> T:
    if answer.status != http.client.OK:
        raise _unusable(f"status {answer.status}")
    try:
        return shape.validate_json(answer.body)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise _unusable(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from problem


def _away(why: str) -> Unavailable:
    return Unavailable(f"Klientsystemet svarer ikke ({why}).", f"The client system does not answer ({why}).")


def _unusable(why: str) -> InvalidInput:
    return InvalidInput(
        f"Klientsystemets svar kan ikke bruges ({why}).", f"The client system's answer cannot be used ({why})."
    )
