"""Reading letters: the shipped templates, and the text of a PDF as a reader sees it."""

import io
from pathlib import Path

import pypdf

from kfflow.letters import rendering, templates, trying

ROOT = Path(__file__).parents[3]
SHIPPED = {path.name: path.read_bytes() for path in sorted((ROOT / "workflows").glob("*/letters/*.typ"))}
LETTERS = [name for name, source in SHIPPED.items() if templates.parse(name, source).fields is not None]

LEFT = 75
"""Where the text of a page begins, in points: its left margin and a little."""


def pdf_of(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """Give the words of all pages with one blank between them."""
    return " ".join(" ".join(page.extract_text() for page in pdf_of(pdf).pages).split())


def written(name: str, language: str = "da", **changed) -> bytes:
    """Render a shipped letter with its sample, changed where the test says; `felter` is merged."""
    data = trying.sample(templates.parse(name, SHIPPED[name]), language)
    fields = {**data["felter"], **changed.pop("felter", {})}
    return rendering.render(name, SHIPPED, {**data, **changed, "felter": fields}, trying.AT)


def baselines(page: pypdf.PageObject) -> list[float]:
    """Give where the lines that begin at the left margin stand, in points, from the top down."""
    found = set()

    def look(text, above, matrix, *_):
        if text.strip() and above[4] + matrix[4] < LEFT:
            found.add(above[5] + above[3] * matrix[5])

    page.extract_text(visitor_text=look)
    return sorted(found, reverse=True)
