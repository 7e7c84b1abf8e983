"""Operations of the API: each noun's file lists its own; here they are checked, run in one command, and answered."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast

import orjson
from flask import Response, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from kfflow.api import problems
from kfflow.api.authentication import find_actor, service
from kfflow.api.shapes import Body, Nothing
from kfflow.domain import nesting
from kfflow.domain.authorization import Actor
from kfflow.errors import FieldProblem, InvalidInput, KfflowError, NotFound
from kfflow.persistence import keys
from kfflow.service import idempotency
from kfflow.service.context import Context
from kfflow.service.idempotency import Answered

LARGEST_JSON = 1024 * 1024
LARGEST_UPLOAD = 5 * 1024 * 1024 + 64 * 1024
LONGEST_REASON = 500
MOST_FILES = 100

B = TypeVar("B", bound=Body)
Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class File:
    """A response that is not JSON."""

    content: bytes
    media_type: str = "text/xml; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One request: its body, what its path names, its query, its files, and who sends it."""

    actor: Actor
    body: B
    path: Mapping[str, str]
    query: Mapping[str, str]
    files: Sequence[tuple[str, bytes]] = ()

    @property
    def key(self) -> int:
        """Give the key that the path names; raises InvalidInput when it is none."""
        return self.key_before("/")

    def key_before(self, separator: str) -> int:
        """Give the part of the path's key before a separator, as a key."""
        name, given = next(iter(self.path.items()))
        key = keys.read(given.partition(separator)[0])
        if key is not None:
            return key
        problem = FieldProblem(name, "En nøgle er højst 19 cifre.", "A key is at most 19 digits.", "key")
        raise problems.invalid_fields([problem])


Reply = BaseModel | dict[str, Any] | list[Any] | File | None
Handler = Callable[[Context, Call[B]], Reply]
"""What most operations are: run inside the one command of the request."""

OwnHandler = Callable[[Call[B]], Reply]
"""An operation that opens its own commands, because it waits between them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    noun: str
    method: Method
    path: str
    summary: str
    body: type[Body]
    answer: Any
    handler: Callable[..., Reply]
    takes_files: bool = False
    waits: bool = False
    query: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        return 204 if self.answer is None else 200


@dataclass(slots=True)
class Operations:
    """The operations on one noun."""

    noun: str
    listed: list[Operation] = field(default_factory=list)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.listed)

    def get(
        self,
        path: str,
        summary: str,
        answer: Any,  # noqa: ANN401 - a type form
        *,
        query: tuple[str, ...] = (),
    ) -> Callable[[Handler[Nothing]], Handler[Nothing]]:
        return self.add("GET", path, summary, Nothing, answer, query=query)

    def post(self, path: str, summary: str, body: type[B], answer: Any = None) -> Callable[[Handler[B]], Handler[B]]:  # noqa: ANN401 - a type form
        return self.add("POST", path, summary, body, answer)

    def add(
        self,
        method: Method,
        path: str,
        summary: str,
        body: type[B],
        answer: Any = None,  # noqa: ANN401 - a type form
        *,
        takes_files: bool = False,
        query: tuple[str, ...] = (),
    ) -> Callable[[Handler[B]], Handler[B]]:
        """List a function as the operation; an answer of None is 204 without content, `query` the names it reads."""

        def enlist(handler: Handler[B]) -> Handler[B]:
            listed = Operation(
                self.noun, method, path, summary, body, answer, handler, takes_files=takes_files, query=query
            )
            self.listed.append(listed)
            return handler

        return enlist

    def waiting(
        self,
        method: Method,
        path: str,
        summary: str,
        body: type[B],
        answer: Any = None,  # noqa: ANN401 - a type form
    ) -> Callable[[OwnHandler[B]], OwnHandler[B]]:
        """List a function that opens its own commands."""

        def enlist(handler: OwnHandler[B]) -> OwnHandler[B]:
            self.listed.append(Operation(self.noun, method, path, summary, body, answer, handler, waits=True))
            return handler

        return enlist


def view_of(operation: Operation) -> Callable[..., Response]:
    """Give the Flask view of an operation; whatever goes wrong leaves it as problem+json."""

    def view(**path: str) -> Response:
        try:
            return _answer(operation, path)
        except KfflowError as error:
            return problems.render(error)
        except HTTPException as error:
            return problems.render_http(error)
        except Exception as error:  # noqa: BLE001 - the last resort of the edge: logged, and told without detail
            return problems.render_unexpected(error)

    return view


def _answer(operation: Operation, path: Mapping[str, str]) -> Response:
    request.max_content_length = LARGEST_UPLOAD if operation.takes_files else LARGEST_JSON
    if any("\0" in part for part in path.values()):
        raise NotFound
    actor = find_actor()
    files = _files() if operation.takes_files else []
    body = Nothing() if operation.takes_files else read_body(operation.body)
    call = Call(actor, body, path, _read_query(operation), files)
    if operation.waits:
        return _respond(operation, operation.handler(call))
    with service().command(
        actor,
        language=cast("Any", problems.language()),
        request_id=g.get("request_id"),
        reason=request.headers.get("X-Kfflow-Reason", "API")[:LONGEST_REASON],
    ) as ctx:
        return _act(ctx, operation, call)


def _act(ctx: Context, operation: Operation, call: Call[Any]) -> Response:
    key = request.headers.get("Idempotency-Key") if operation.method != "GET" else None
    if key is None:
        return _respond(operation, operation.handler(ctx, call))

    def act() -> Answered:
        response = _respond(operation, operation.handler(ctx, call))
        return Answered(response.status_code, response.get_data())

    answered = idempotency.once(ctx, key, _fingerprint(call), act)
    response = Response(answered.body, status=answered.status, content_type="application/json")
    if answered.is_replay:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(call: Call[Any]) -> str:
    """Tell two requests apart by method, address and content; the boundary of an upload does not count."""
    parts: Iterable[bytes] = (request.method.encode(), request.full_path.encode(), call.body.model_dump_json().encode())
    digest = hashlib.sha256(b"\0".join(parts))
    for name, content in call.files:
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _respond(operation: Operation, reply: Reply) -> Response:
    if isinstance(reply, File):
        return Response(reply.content, status=reply.status, content_type=reply.media_type)
    if reply is None:
        return Response(status=operation.status)
    content = reply.model_dump(mode="json", by_alias=True) if isinstance(reply, BaseModel) else reply
    return Response(orjson.dumps(content, default=str), status=operation.status, content_type="application/json")


def _read_query(operation: Operation) -> Mapping[str, str]:
    """Give the query; raises InvalidInput for a name that no operation under /kf reads, where Camunda's ignore it."""
    unknown = sorted(request.args.keys() - set(operation.query)) if operation.path.startswith("/kf/") else []
    if unknown:
        da = f"Kendes ikke her. Adressen tager {', '.join(operation.query) or 'ingen'}."
        en = f"Not known here. The address takes {', '.join(operation.query) or 'none'}."
        raise problems.invalid_fields([FieldProblem(name, da, en, "unknown") for name in unknown])
    return request.args


def read_body(shape: type[B]) -> B:
    """Read and check the JSON body; an absent one or null is an empty object."""
    raw = request.get_data()
    if raw and not request.is_json:
        raise InvalidInput("Content-Type skal være application/json.", "Content-Type must be application/json.")
    try:
        content = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"Ikke gyldig JSON: {error}", f"Not valid JSON: {error}") from error
    if nesting.is_too_deep(content):
        raise problems.invalid_fields([FieldProblem("body", *nesting.TOO_DEEP)])
    if rb"\u0000" in raw:
        _refuse_null_characters(content, "body")
    try:
        return shape.model_validate({} if content is None else content)
    except ValidationError as error:
        raise problems.invalid(error) from error


def _refuse_null_characters(content: object, path: str) -> None:
    """Raise InvalidInput for the character that neither PostgreSQL's text nor its JSON can hold."""
    if isinstance(content, str) and "\0" in content:
        problem = FieldProblem(path, "Tegnet U+0000 er ikke tilladt.", "The character U+0000 is not allowed.")
        raise problems.invalid_fields([problem])
    if isinstance(content, list):
        for place, item in enumerate(content):
            _refuse_null_characters(item, f"{path}.{place}")
    if isinstance(content, dict):
        for name, item in content.items():
            _refuse_null_characters(name, f"{path}.{name!a}")
            _refuse_null_characters(item, f"{path}.{name!a}")


def _files() -> list[tuple[str, bytes]]:
    """Read the uploaded files; every part with a file name counts, whatever the part is called."""
    found = [(f.filename or "", f.read()) for _part, f in request.files.items(multi=True)]
    if len(found) > MOST_FILES:
        raise RequestEntityTooLarge
    for name, _content in found:
        if not name.isprintable() or len(name) > 255:  # noqa: PLR2004 - what file systems allow
            raise InvalidInput("Et filnavn er ugyldigt.", "A file name is invalid.")
    return found
