"""Reading letters: the shipped templates, and the text of a PDF as a reader sees it."""

import io
from pathlib import Path

import pypdf

from kfflow.letters import rendering, templates, trying

ROOT = Path(__file__).parents[3]
SHIPPED = {path.name: path.read_bytes() for path in sorted((ROOT / "workflows").glob("*/letters/*.typ"))}
LETTERS = [name for name, source in SHIPPED.items() if templates.parse(name, source).fields is not None]


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
