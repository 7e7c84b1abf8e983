"""Everything out of one installation and into an empty one: equal, and it goes on."""

import csv
import hashlib
import re
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select

from kfflow.errors import Conflict, InvalidInput
from kfflow.exchange import manifest
from kfflow.exchange.export import export
from kfflow.exchange.restore import restore
from kfflow.jobs import handlers
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import AuditEvent, Case, Document, Outbox, ProcessInstance, Timer, UserTask
from kfflow.service import cases, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from tests.conftest import NOW, ROOT
from tests.integration.service import diagrams, standing


@pytest.fixture
def busy(service) -> Service:
    """An installation with one of everything that can be open, a letter and a comment."""
    case = standing.start(service, *standing.everything()).case_key
    with service.command(SYSTEM) as ctx:
        ctx.session.add(
            Document(
                key=ctx.new_key(),
                case_key=case,
                template="brev",
                title="../Afgørelse: æøå",
                media_type="text/plain; charset=utf-8",
                content=b"\x00\xffKendelse\n",
                created_at=ctx.at,
                created_by="mette",
            )
        )
        cases.comment(ctx, case, 'Med "citat", komma\nog linjeskift')
    return service


def test_an_empty_installation_becomes_equal_in_counts_and_hashes(busy, empty, tmp_path):
    told = export(busy, tmp_path / "a")
    assert restore(empty, tmp_path / "a") == told
    again = export(Service(empty, clock=SettableClock(NOW)), tmp_path / "b")
    assert (again.tables, again.digest, again.sequences) == (told.tables, told.digest, told.sequences)


def test_each_table_is_there_as_lines_and_as_csv(busy, tmp_path):
    told = export(busy, tmp_path / "a")
    for name, table in told.tables.items():
        lines = manifest.rows_of(tmp_path / "a", name).read_bytes()
        assert (lines.count(b"\n"), hashlib.sha256(lines).hexdigest()) == (table.rows, table.sha256)
        with manifest.csv_of(tmp_path / "a", name).open(newline="") as source:
            assert len(list(csv.DictReader(source))) == table.rows


def test_diagrams_and_letters_stand_as_files_byte_for_byte(busy, tmp_path):
    export(busy, tmp_path / "a")
    found = {path.read_bytes() for path in (tmp_path / "a" / "resources").rglob("*.bpmn")}
    assert found == set(standing.everything())
    (letter,) = (path for path in (tmp_path / "a" / "documents").rglob("*") if path.is_file())
    assert (letter.name, letter.read_bytes()) == ("_Afgørelse__æøå.txt", b"\x00\xffKendelse\n")


def test_running_cases_go_on_after_the_re_import(service, empty, tmp_path):
    chain = [
        diagrams.user_task("Opgave"),
        diagrams.timer_catch("Vent", "PT1H"),
        diagrams.call_activity("Kald", "kaldt"),
    ]
    called = diagrams.sequence("kaldt", diagrams.service_task("Skriv", "svc_klientsystem_skriv"), ids=["Skriv"])
    standing.start(
        service, diagrams.sequence("kaede", *chain, ids=["Opgave", "Vent", "Kald"]), called, process_id="kaede"
    )
    standing.another(service, "kaede")
    with service.command(standing.METTE) as ctx:
        tasks.complete(ctx, ctx.session.scalars(select(UserTask.key).order_by(UserTask.key)).first(), variables={})
    export(service, tmp_path / "a")
    restore(empty, tmp_path / "a")
    elsewhere = Service(empty, clock=SettableClock(NOW + timedelta(hours=2)))
    with elsewhere.command(standing.METTE) as ctx:
        tasks.complete(
            ctx, ctx.session.scalars(select(UserTask.key).order_by(UserTask.key.desc())).first(), variables={}
        )
    handlers.load(ROOT / "workflows")
    worker = Worker(elsewhere)
    worker.drain()
    elsewhere.clock.at += timedelta(hours=2)
    worker.drain()
    with empty.transaction() as session:
        assert list(session.scalars(select(Case.state))) == ["COMPLETED", "COMPLETED"]
        assert set(session.scalars(select(Timer.state))) == {"FIRED"}
        assert session.scalar(select(func.count()).select_from(Outbox)) == 2


def test_new_keys_and_case_numbers_follow_the_old(busy, empty, tmp_path):
    export(busy, tmp_path / "a")
    restore(empty, tmp_path / "a")
    new = standing.another(Service(empty, clock=SettableClock(NOW)), "kaldt")
    with empty.transaction() as session:
        assert session.scalar(select(func.max(ProcessInstance.key))) == new.key
        numbers = list(session.scalars(select(Case.number).order_by(Case.key)))
    assert len(set(numbers)) == 2


def test_a_called_instance_with_a_lower_key_than_its_caller_is_taken(busy, empty, tmp_path):
    with busy.database.transaction() as session:
        child = session.scalars(select(ProcessInstance).where(ProcessInstance.parent_key.is_not(None))).one()
        swap_keys(session, child)
    told = export(busy, tmp_path / "a")
    assert restore(empty, tmp_path / "a") == told


def swap_keys(session, child):
    """Give another process's block: an instance that was called by one with a higher key."""
    session.connection().exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    copy = {c.name: getattr(child, c.name) for c in ProcessInstance.__table__.columns} | {"key": 1}
    session.execute(ProcessInstance.__table__.insert().values(copy))


def test_an_installation_that_holds_anything_is_refused_by_table(busy, tmp_path):
    export(busy, tmp_path / "a")
    with pytest.raises(Conflict, match=r"The installation is not empty \(.*deployment.*\)"):
        restore(busy.database, tmp_path / "a")


def row_count(database):
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(Case))


@pytest.mark.parametrize("path", ["rows/case.jsonl", "rows/audit_event.jsonl", "resources", "documents"])
def test_a_changed_file_is_named_and_nothing_is_kept(busy, empty, tmp_path, path):
    export(busy, tmp_path / "a")
    target = next(p for p in sorted([tmp_path / "a" / path, *(tmp_path / "a" / path).rglob("*")]) if p.is_file())
    target.write_bytes(target.read_bytes().replace(b"e", b"i", 1))
    with pytest.raises(InvalidInput, match=f"{target.name} is not as it was written; nothing was imported"):
        restore(empty, tmp_path / "a")
    assert row_count(empty) == 0


BROKEN = {
    "cut short": lambda rows: rows[: len(rows) // 2],
    "a value of the wrong type": lambda rows: re.sub(rb'"key":\d+', b'"key":"x"', rows, count=1),
    "no JSON": lambda _: b"rows\n",
}


@pytest.mark.parametrize("table", ["case", "document"])
@pytest.mark.parametrize("how", BROKEN)
def test_rows_that_cannot_be_read_are_named_by_their_file(busy, empty, tmp_path, table, how):
    export(busy, tmp_path / "a")
    target = manifest.rows_of(tmp_path / "a", table)
    target.write_bytes(BROKEN[how](target.read_bytes()))
    with pytest.raises(InvalidInput, match=f"{table}.jsonl is not as it was written; nothing was imported"):
        restore(empty, tmp_path / "a")
    assert row_count(empty) == 0


def test_a_missing_file_is_named(busy, empty, tmp_path):
    export(busy, tmp_path / "a")
    manifest.rows_of(tmp_path / "a", "user_task").unlink()
    with pytest.raises(InvalidInput, match=r"user_task\.jsonl is missing"):
        restore(empty, tmp_path / "a")
    assert row_count(empty) == 0


MISFITS = {
    "format": (2, "unknown format 2"),
    "schema_revision": ("0001", "has schema 0001"),
    "digest": (7, "digest: Input"),
    "tables": ({}, "The manifest does not fit: account, "),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_manifest_that_does_not_fit_is_refused_by_what_it_says(busy, empty, tmp_path, name):
    value, refused = MISFITS[name]
    export(busy, tmp_path / "a")
    path = tmp_path / "a" / manifest.NAME
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), name: value}))
    with pytest.raises((InvalidInput, Conflict), match=refused):
        restore(empty, tmp_path / "a")


def test_a_folder_without_manifest_is_refused(empty, tmp_path):
    with pytest.raises(InvalidInput, match=r"manifest\.json does not exist"):
        restore(empty, tmp_path)


def test_a_folder_that_holds_anything_is_not_written_to(busy, tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(Conflict, match="is not empty"):
        export(busy, tmp_path)


def test_who_exported_everything_stands_in_the_audit_log_with_the_digest(busy, tmp_path):
    told = export(busy, tmp_path / "a", reason="udbud")
    with busy.database.transaction() as session:
        line = session.scalars(select(AuditEvent).where(AuditEvent.verb == "system:installation:export")).one()
    assert (line.subject, line.reason, line.data["rows"]) == (told.digest, "udbud", told.rows)
