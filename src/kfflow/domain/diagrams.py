"""What has changed between two versions of a process, in sentences for those who answer for it.

A version is given as plain words: element id → property → text. Known properties have labels; others are shown by
their own name, so that nothing that changed is kept back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

Described = Mapping[str, str]
LONGEST_VALUE = 120
COLUMN = "column "
"""Begins the property of a table's rule that is named by the heading of its column."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `element_property` is the property that changed, empty when the element came or went."""

    kind: ChangeKind
    element_id: str
    text_da: str
    text_en: str
    element_property: str = ""

    def text(self, language: str) -> str:
        return self.text_da if language == "da" else self.text_en


_TYPES: Mapping[str, tuple[str, str]] = {
    "process": ("Processen", "The process"),
    "userTask": ("Opgaven", "The task"),
    "manualTask": ("Den manuelle opgave", "The manual task"),
    "serviceTask": ("Det automatiske trin", "The service task"),
    "sendTask": ("Afsendelsen", "The send task"),
    "receiveTask": ("Modtagelsen", "The receive task"),
    "scriptTask": ("Beregningen", "The script task"),
    "businessRuleTask": ("Regelopslaget", "The business rule task"),
    "callActivity": ("Delprocessen", "The called process"),
    "subProcess": ("Underprocessen", "The subprocess"),
    "exclusiveGateway": ("Valget", "The choice"),
    "inclusiveGateway": ("Flervalget", "The inclusive choice"),
    "parallelGateway": ("Forgreningen", "The parallel split"),
    "eventBasedGateway": ("Afventningen", "The event choice"),
    "startEvent": ("Starten", "The start"),
    "endEvent": ("Slutningen", "The end"),
    "boundaryEvent": ("Hændelsen", "The boundary event"),
    "intermediateCatchEvent": ("Hændelsen", "The event"),
    "intermediateThrowEvent": ("Hændelsen", "The event"),
    "sequenceFlow": ("Vejen", "The flow"),
    "dataObjectReference": ("Dataobjektet", "The data object"),
    "lane": ("Banen", "The lane"),
    "textAnnotation": ("Noten", "The note"),
    "decision": ("Beslutningen", "The decision"),
    "decisionTable": ("Tabellen", "The table"),
    "rule": ("Reglen", "The rule"),
    "input": ("Kolonnen", "The column"),
    "output": ("Kolonnen", "The column"),
    "inputExpression": ("Spørgsmålet", "The question"),
    "inputData": ("Oplysningen", "The input data"),
    "knowledgeSource": ("Kilden", "The knowledge source"),
    "businessKnowledgeModel": ("Funktionen", "The function"),
    "literalExpression": ("Udtrykket", "The expression"),
    "variable": ("Variablen", "The variable"),
}
_PROPERTIES: Mapping[str, tuple[str, str]] = {
    "type": ("typen", "the type"),
    "name": ("navnet", "the name"),
    "lane": ("banen (rollen)", "the lane (role)"),
    "condition": ("betingelsen", "the condition"),
    "timer": ("tidspunktet", "the timer"),
    "message": ("meddelelsen", "the message"),
    "signal": ("signalet", "the signal"),
    "error": ("fejlen", "the error"),
    "escalation": ("eskaleringen", "the escalation"),
    "correlationKey": ("korrelationsnøglen", "the correlation key"),
    "assignment": ("tildelingen", "the assignment"),
    "assignee": ("den ansvarlige", "the assignee"),
    "candidateGroups": ("grupperne", "the candidate groups"),
    "candidateUsers": ("de mulige brugere", "the candidate users"),
    "priority": ("prioriteten", "the priority"),
    "dueDate": ("forfaldsdatoen", "the due date"),
    "followUpDate": ("opfølgningsdatoen", "the follow-up date"),
    "form": ("formularen", "the form"),
    "deadline": ("fristen", "the deadline"),
    "deadline.table": ("fristens tabel", "the deadline's table"),
    "deadline.start": ("hvornår fristen begynder", "when the deadline begins"),
    "deadline.until": ("fristens yderste dag", "the deadline's last day"),
    "deadline.da": ("hvad fristen regnes af, på dansk", "what the deadline is reckoned from, in Danish"),
    "deadline.en": ("hvad fristen regnes af, på engelsk", "what the deadline is reckoned from, in English"),
    "deadline.calendar": ("fristens kalender", "the deadline's calendar"),
    "deadline.roll": ("hvad fristen gør på en lukkedag", "what the deadline does on a closed day"),
    "deadline.cutoff": ("fristens klokkeslæt", "the deadline's time of day"),
    "deadline.warnShare": ("hvornår fristen advarer", "when the deadline warns"),
    "deadline.kind": ("fristens art", "the deadline's kind"),
    "deadline.escalateTo": ("hvem en overskreden frist går til", "whom a missed deadline goes to"),
    "deadline.hjemmel": ("fristens hjemmel", "the deadline's legal basis"),
    "hjemmel": ("hjemlen", "the legal basis"),
    "hjemmel.origin": ("hjemlens kilde", "the origin of the legal basis"),
    "hjemmel.gyldigFra": ("hjemlens første dag", "the first day of the legal basis"),
    "hjemmel.gyldigTil": ("hjemlens sidste dag", "the last day of the legal basis"),
    "hjemmel.note": ("noten til hjemlen", "the note on the legal basis"),
    "fourEyes": ("kravet om fire øjne", "the four-eyes rule"),
    "access": ("adgangsklassen", "the access class"),
    "place": ("tjenestestedet", "the place"),
    "milestone": ("milepælen", "the milestone"),
    "decision": ("beslutningstabellen", "the decision table"),
    "calledProcess": ("den kaldte proces", "the called process"),
    "binding": ("versionsvalget", "the version binding"),
    "jobType": ("jobtypen", "the job type"),
    "retries": ("antallet af forsøg", "the number of retries"),
    "headers": ("jobbets oplysninger", "the job headers"),
    "inputs": ("input", "the inputs"),
    "outputs": ("output", "the outputs"),
    "script": ("beregningen", "the script"),
    "loop": ("gentagelsen", "the loop"),
    "default": ("standardvejen", "the default flow"),
    "interrupting": ("om den afbryder", "whether it interrupts"),
    "attachedTo": ("hvad den sidder på", "what it is attached to"),
    "parent": ("placeringen", "where it lies"),
    "targets": ("hvad der følger", "what follows"),
    "source": ("begyndelsen", "where it begins"),
    "target": ("målet", "where it leads"),
    "documentation": ("beskrivelsen", "the documentation"),
    "versionTag": ("versionsmærket", "the version tag"),
    "conditions": ("betingelserne", "the conditions"),
    "hitPolicy": ("træfreglen", "the hit policy"),
    "aggregation": ("sammenlægningen", "the aggregation"),
    "inputValues": ("de mulige værdier", "the allowed values"),
    "outputValues": ("de mulige værdier", "the allowed values"),
    "label": ("overskriften", "the heading"),
    "text": ("teksten", "the text"),
    "typeRef": ("datatypen", "the data type"),
    "description": ("beskrivelsen", "the description"),
}


def difference(former: Mapping[str, Described], current: Mapping[str, Described]) -> list[Change]:
    """Give what was removed, then added, then changed, each in the order of the version that has it."""
    removed = [_gone(key, former[key]) for key in former if key not in current]
    added = [_new(key, current[key]) for key in current if key not in former]
    changed = [change for key in current if key in former for change in _changed(key, former, current)]
    return removed + added + changed


def element_words(element_id: str, described: Described) -> tuple[str, str]:
    """Give an element as `Opgaven »Indstilling«`; a rule is told by its conditions, and an id stands in for no name."""
    if described.get("conditions") == "":
        return "Reglen »altid«", 'The rule "always"'
    da, en = _TYPES.get(described.get("type", ""), ("Elementet", "The element"))
    name = described.get("label") or described.get("name") or described.get("conditions") or element_id
    return f"{da} »{_short(name)}«", f'{en} "{_short(name)}"'


def property_words(name: str) -> tuple[str, str]:
    if name.startswith(COLUMN):
        heading = name.removeprefix(COLUMN)
        return f"kolonnen »{heading}«", f'the column "{heading}"'
    return _PROPERTIES.get(name, (f"egenskaben {name}", f"the property {name}"))


def _gone(element_id: str, described: Described) -> Change:
    da, en = element_words(element_id, described)
    return Change(ChangeKind.REMOVED, element_id, f"{da} er fjernet.", f"{en} was removed.")


def _new(element_id: str, described: Described) -> Change:
    da, en = element_words(element_id, described)
    told = [(name, described[name]) for name in ("lane", "deadline", "hjemmel") if described.get(name)]
    more_da = "".join(f"; {property_words(name)[0]} er {_short(value)}" for name, value in told)
    more_en = "".join(f"; {property_words(name)[1]} is {_short(value)}" for name, value in told)
    return Change(ChangeKind.ADDED, element_id, f"{da} er ny{more_da}.", f"{en} is new{more_en}.")


def _changed(key: str, former: Mapping[str, Described], current: Mapping[str, Described]) -> Iterator[Change]:
    before, after = former[key], current[key]
    named_da, named_en = element_words(key, after if before.get("name") == after.get("name") else before)
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            da, en = _turned(name, old, new)
            yield Change(ChangeKind.CHANGED, key, f"{named_da}: {da}.", f"{named_en}: {en}.", name)


def _turned(name: str, old: str, new: str) -> tuple[str, str]:
    da, en = property_words(name)
    if not old:
        return f"{da} er sat til {_quoted(new)[0]}", f"{en} is set to {_quoted(new)[1]}"
    if not new:
        return f"{da} er fjernet (var {_quoted(old)[0]})", f"{en} was removed (was {_quoted(old)[1]})"
    (old_da, old_en), (new_da, new_en) = _quoted(old), _quoted(new)
    return f"{da} er ændret fra {old_da} til {new_da}", f"{en} changed from {old_en} to {new_en}"


def _quoted(value: str) -> tuple[str, str]:
    return f"»{_short(value)}«", f'"{_short(value)}"'


def _short(value: str) -> str:
    plain = " ".join(value.split())
    return plain if len(plain) <= LONGEST_VALUE else f"{plain[: LONGEST_VALUE - 1]}…"
