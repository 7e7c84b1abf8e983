"""The lines of a deadline's ledger as sentences: what happened, by whom, when, why and on which basis."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from kfflow.domain.deadlines.ledger import Entry, EntryKind
from kfflow.domain.deadlines.projection import COPENHAGEN
from kfflow.domain.deadlines.words import Words, instant_words

_SENTENCES: Mapping[EntryKind, Words] = {
    EntryKind.START: ("Begyndt {at} af {who}; udløber {due}", "Started {at} by {who}; expires {due}"),
    EntryKind.PAUSE: ("Sat på pause {at} af {who}", "Paused {at} by {who}"),
    EntryKind.RESUME: ("Genoptaget {at} af {who}; udløber {due}", "Resumed {at} by {who}; expires {due}"),
    EntryKind.EXTEND: ("Forlænget {at} af {who}; udløber {due}", "Extended {at} by {who}; expires {due}"),
    EntryKind.RECOMPUTE: ("Regnet om {at} af {who}; udløber {due}", "Reckoned anew {at} by {who}; expires {due}"),
    EntryKind.KEPT: ("Fristen blev, hvor den var, {at}", "Left as it was {at}"),
    EntryKind.WARNED: ("Varslet {at}", "Warned {at}"),
    EntryKind.BREACHED: ("Overskredet; bemærket {at}", "Breached; noticed {at}"),
    EntryKind.MET: ("Opfyldt {at} af {who}", "Met {at} by {who}"),
    EntryKind.CANCELED: ("Bortfaldet {at}", "Canceled {at}"),
}
_MET_LATE: Words = ("Opfyldt efter fristen {at} af {who}", "Met after it had expired, {at} by {who}")


def tell(entry: Entry, who: Words, zone: str = COPENHAGEN) -> Words:
    """Give a line as a sentence in Danish and English; `who` is the name of its actor in both."""
    sentence = _sentence(entry)
    at, due = (instant_words(i.astimezone(ZoneInfo(zone))) if i else ("", "") for i in (entry.at, entry.due_at))
    da, en = (
        text.format(at=at[place], due=due[place], who=who[place]) + _because(entry, place)
        for place, text in enumerate(sentence)
    )
    return f"{da}.", f"{en}."


def _sentence(entry: Entry) -> Words:
    if entry.kind is EntryKind.MET and entry.due_at is not None and entry.at > entry.due_at:
        return _MET_LATE
    return _SENTENCES[entry.kind]


def _because(entry: Entry, place: int) -> str:
    parts = []
    if entry.reason:
        parts.append(f"{('begrundelse', 'reason')[place]}: {entry.reasons[place]}")
    if entry.hjemmel:
        parts.append(f"{('hjemmel', 'basis')[place]}: {entry.hjemmel}")
    return f" ({'; '.join(parts)})" if parts else ""
