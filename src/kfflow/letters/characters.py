"""What a letter can show of what people type: everything else is shown by its number, never left out.

A character that no font of the compiler has, or that turns the direction of the text around unseen, becomes
`[U+1F600]`: a letter must say the same to the eye, to a screen reader and to whoever copies from it.
"""

import unicodedata
from collections.abc import Mapping

UNSEEN = frozenset({"Cc", "Co", "Cs", "Cn"})
"""Control, private, half and unassigned characters: PDF/A forbids some of them, no font shows them."""
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that reorder what stands around them."""
LINES = frozenset("\n\t")


def shown(data: object, missing: frozenset[str] = frozenset()) -> object:
    """Give JSON-like data with every text made printable; `missing` are the characters that no font has."""
    if isinstance(data, str):
        return "".join(_shown(character, missing) for character in data.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(data, Mapping):
        return {key: shown(value, missing) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [shown(value, missing) for value in data]
    return data


def _shown(character: str, missing: frozenset[str]) -> str:
    if character in LINES:
        return character
    if character in missing or character in TURNING or unicodedata.category(character) in UNSEEN:
        return f"[U+{ord(character):04X}]"
    return character
