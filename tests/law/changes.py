"""The changes of law in `lov/`: each a folder with what is edited, the cases that run, and scenarios of the new law."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from kfflow.domain.law import Transition, Validity
from tests.conftest import ROOT

FOLDER = ROOT / "lov"


@dataclass(frozen=True, eq=False)
class RunningCase:
    """A case and what it shows before the change (after `earlier`) and after it (after `steps`)."""

    name: str
    process: str
    started: date
    variables: Mapping[str, Any]
    moved: bool
    legal_date: date | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    earlier: tuple[Mapping[str, Any], ...]
    steps: tuple[Mapping[str, Any], ...]
    institution: str | None


@dataclass(frozen=True)
class Change:
    """One change: `before` brings the shipped files back to the old law, `edits` make the new one of them.

    `make_up` names elements that cases which are past them shall do still, `institutions` the area that each leaves
    and the one it goes to.
    """

    key: str
    name: str
    validity: Validity
    before: tuple[Mapping[str, Any], ...]
    edits: tuple[Mapping[str, Any], ...]
    cases: tuple[RunningCase, ...]
    make_up: tuple[str, ...] = ()
    institutions: tuple[Mapping[str, str], ...] = ()

    @property
    def scenarios(self) -> list[Path]:
        return sorted((FOLDER / self.key / "scenarios").glob("*.yaml"))

    def old(self, shipped: Mapping[str, bytes]) -> dict[str, bytes]:
        """Give all files as they read under the old law."""
        return rewritten(shipped, self.before)

    def edited(self, shipped: Mapping[str, bytes]) -> dict[str, bytes]:
        """Give the files that the change alters, as they read under the new law."""
        names = {edit["file"] for edit in self.edits}
        new = {edit["file"]: shipped[edit["file"]] for edit in self.edits if edit.get("shipped")}
        changed = rewritten({**self.old(shipped), **new}, [edit for edit in self.edits if not edit.get("shipped")])
        return {name: changed[name] for name in names}


def read(key: str) -> Change:
    given = tomllib.loads((FOLDER / key / "aendring.toml").read_text())
    validity = Validity(given["gyldig_fra"], None, given["lov"], Transition(given["overgang"]))
    cases = tuple(_case(one) for one in given["case"])
    before, edits = tuple(given.get("before", ())), tuple(given["edit"])
    make_up, institutions = tuple(given.get("make_up", ())), tuple(given.get("institution", ()))
    return Change(key, given["name"], validity, before, edits, cases, make_up, institutions)


def _case(given: Mapping[str, Any]) -> RunningCase:
    empty: dict[str, Any] = {"legal_date": None, "before": {}, "after": {}, "earlier": (), "steps": ()}
    empty["institution"] = None
    return RunningCase(**{**empty, **given})


def rewritten(sources: Mapping[str, bytes], edits: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Apply each edit: find and replace, or the removal of elements. Asserts that it still fits the file."""
    found = dict(sources)
    for edit in edits:
        found[edit["file"]] = _rewritten(found[edit["file"]], edit)
    return found


def _rewritten(source: bytes, edit: Mapping[str, Any]) -> bytes:
    if "remove" in edit:
        return without(source, edit["remove"])
    return without_branch(source, edit["branch"]) if "branch" in edit else _replaced(source, edit)


def _replaced(source: bytes, edit: Mapping[str, Any]) -> bytes:
    find = edit["find"].encode()
    count = source.count(find)
    assert count == edit.get("times", 1), f"{edit['file']}: {edit['find']!r} stands there {count} times"
    return source.replace(find, edit["replace"].encode())


def without(source: bytes, element_id: str) -> bytes:
    """Take a flow node with one way out of a diagram; what led to it leads on to where it led."""
    root = etree.fromstring(source)
    (way_out,) = root.xpath("//*[local-name()='sequenceFlow'][@sourceRef=$id]", id=element_id)
    target = way_out.get("targetRef")
    (follower,) = root.xpath("//*[@id=$id]", id=target)
    (entry,) = follower.xpath("*[local-name()='incoming'][text()=$id]", id=way_out.get("id"))
    for way_in in root.xpath("//*[local-name()='sequenceFlow'][@targetRef=$id]", id=element_id):
        way_in.set("targetRef", target)
        added = etree.Element(entry.tag)
        added.text, added.tail = way_in.get("id"), entry.tail
        entry.addprevious(added)
    return _erased(root, [element_id, way_out.get("id")])


def without_branch(source: bytes, element_ids: Sequence[str]) -> bytes:
    """Take flow nodes out of a diagram with every flow that leads to them or away."""
    root = etree.fromstring(source)
    touching = "//*[local-name()='sequenceFlow'][@sourceRef=$id or @targetRef=$id]"
    flows = {flow.get("id") for one in element_ids for flow in root.xpath(touching, id=one)}
    return _erased(root, [*element_ids, *flows])


def _erased(root: etree._Element, ids: Iterable[str]) -> bytes:
    """Delete elements, and whatever draws or names them."""
    naming = "local-name()='incoming' or local-name()='outgoing' or local-name()='flowNodeRef'"
    for identifier in ids:
        gone = root.xpath(f"//*[@id=$id] | //*[@bpmnElement=$id] | //*[{naming}][text()=$id]", id=identifier)
        assert gone, identifier
        for one in gone:
            one.getparent().remove(one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
