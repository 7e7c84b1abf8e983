"""Values as PostgreSQL reads them: text, whose type it infers from where the value stands; bytes go as they are.

The usual types are written here, as psycopg writes them but without looking each value up; all others are its own
business.
"""

from collections.abc import Callable
from datetime import date, datetime
from types import NoneType
from typing import Any

import orjson
from psycopg import DataError
from psycopg.abc import Transformer
from psycopg.adapt import PyFormat
from psycopg.types.json import Jsonb

Write = Callable[[Any], bytes | None]
"""Writes a value of one type; raises DataError for a text that PostgreSQL cannot hold."""


class Writers(dict[type, Write]):
    """How values of each type are written on one connection; a type that is met for the first time is added."""

    def __init__(self, adapter: Transformer) -> None:
        super().__init__(_USUAL)
        self._adapter = adapter
        self[list] = self._list

    def __missing__(self, kind: type) -> Write:
        self[kind] = _string if issubclass(kind, str) else self._other
        return self[kind]

    def _list(self, values: list[Any]) -> bytes | None:
        return _strings(values) if all(type(value) is str for value in values) else self._other(values)

    def _other(self, value: object) -> bytes | None:
        written = self._adapter.get_dumper(value, PyFormat.TEXT).dump(value)
        return None if written is None else bytes(written)


def _string(value: str) -> bytes:
    written = value.encode()
    if b"\0" in written:
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return written


def _strings(values: list[str]) -> bytes:
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return _string("{" + ",".join([f'"{value}"' for value in quoted]) + "}")


def _plain(value: object) -> bytes:
    return str(value).encode()


_USUAL: dict[type, Write] = {
    NoneType: lambda _nothing: None,
    bytes: lambda value: value,
    date: _plain,
    datetime: _plain,
    int: b"%d".__mod__,
    Jsonb: lambda value: orjson.dumps(value.obj),
    str: _string,
}
