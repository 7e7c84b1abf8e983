"""Snapshots and histories of every released version are restored and go on; an unknown version is refused."""

import orjson
import pytest

from kfflow import engine
from kfflow.engine.outcome import Happened, InstanceState
from kfflow.engine.replay import Replayed
from kfflow.engine.snapshot import active, dump, load
from kfflow.errors import EngineFailure
from tests.properties.engines import moved
from tests.unit.engine import golden
from tests.unit.engine.drawing import environment

KEPT = sorted(golden.FOLDER.glob("*/*.json"))
VERSIONS = range(1, engine.HISTORY_VERSION + 1)
FIRST_KEPT = {"inclusive_join": 1, "modified": 2, "migrated": 2}
HISTORIES = [(version, story) for story, first in FIRST_KEPT.items() for version in VERSIONS if version >= first]
MOST_STEPS = 60
ANOTHER_FORMAT = """The format changed. If version {} was released: raise the version, lift what is older, and write \
golden files of the new one (python -m tests.unit.engine.golden)."""


def compiled(path):
    return engine.compile_process(path.with_suffix(".bpmn").read_bytes(), path.stem)[0]


def named(path):
    return f"{path.parent.name}-{path.stem}"


def lines(path):
    return [Happened(*line) for line in orjson.loads(path.read_bytes())]


def shape(snapshot):
    """Give what makes the format: the members, the length of rows, what each kind of element remembers, and how."""
    document, *lines = (orjson.loads(line) for line in snapshot.splitlines())
    inside = [row for _, tokens, _ in lines for row in tokens]
    rows = [(member, row[1], row[9]) for member, found in (("t", document["t"]), ("r", inside)) for row in found]
    memos = {(*place, name, type(value).__name__) for *place, memo in rows for name, value in memo.items()}
    frames = [row for _, _, found in lines for row in found]
    members = (document["f"], document["t"], document["r"], lines, inside, frames)
    widths = [{len(row) for row in found} for found in members]
    return list(document), widths, memos


@pytest.mark.parametrize("path", KEPT, ids=named)
def test_a_golden_snapshot_is_restored_and_comes_to_its_end(path):
    definition, env, snapshot = compiled(path), environment(), path.read_bytes()
    if int(path.parent.name) == engine.SNAPSHOT_VERSION:
        assert dump(load(definition.spec, snapshot, env)) == snapshot
    outcome = engine.set_variables(definition, snapshot, {"answer": 0}, env)
    for _ in range(MOST_STEPS):
        if outcome.snapshot is not None:
            latest = engine.waiting(outcome.snapshot)[-1]
            outcome = moved(definition, outcome.snapshot, latest, {"answer": 0}, env)
    assert outcome.state is InstanceState.COMPLETED


@pytest.mark.parametrize("name", golden.STORIES)
def test_todays_snapshots_have_the_format_of_the_golden_ones(name):
    path = golden.FOLDER / str(engine.SNAPSHOT_VERSION) / f"{name}.json"
    told = golden.Told(name).snapshot
    assert shape(told) == shape(path.read_bytes()), ANOTHER_FORMAT.format(engine.SNAPSHOT_VERSION)


@pytest.mark.parametrize(("version", "name"), HISTORIES)
def test_a_golden_history_is_read_back_to_what_was_active(version, name):
    replayed = Replayed()
    for line in lines(golden.history(version, name)):
        replayed.take(line, version)
    story = golden.Told(name)
    assert replayed.active == active(story.definition.spec, story.snapshot)
    assert replayed.state is InstanceState.ACTIVE
    assert replayed.variables == (story.variables if version > 1 else {})


@pytest.mark.parametrize("name", golden.HISTORIES)
def test_todays_history_has_the_format_of_the_golden_one(name):
    path = golden.history(engine.HISTORY_VERSION, name)
    told, kept = (
        [(*line[:4], sorted(line[4])) for line in found]
        for found in (golden.Told(name).lines, orjson.loads(path.read_bytes()))
    )
    assert told == kept, ANOTHER_FORMAT.format(engine.HISTORY_VERSION)


def test_every_version_has_golden_files():
    assert {path.parent.name for path in KEPT} == {str(v + 1) for v in range(engine.SNAPSHOT_VERSION)}
    assert {golden.history(*one) for one in HISTORIES} == set(golden.FOLDER.glob("history_*.json"))


def test_unknown_versions_are_refused():
    snapshot = next(path for path in KEPT if path.stem == "join")
    later = orjson.dumps(orjson.loads(snapshot.read_bytes()) | {"v": engine.SNAPSHOT_VERSION + 1})
    with pytest.raises(EngineFailure, match="unknown format") as refused:
        load(compiled(snapshot).spec, later, environment())
    assert refused.value.kind == "UNKNOWN_SNAPSHOT_VERSION"
    line = lines(golden.history(*HISTORIES[-1]))[0]
    with pytest.raises(EngineFailure, match="unknown format") as refused:
        Replayed().take(line, engine.HISTORY_VERSION + 1)
    assert refused.value.kind == "UNKNOWN_HISTORY_VERSION"
