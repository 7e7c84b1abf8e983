"""What came from another system: which of its cases is which of ours."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import Row


class ImportedCase(Row):
    """A case that was imported open; `sha256` is that of its row, so that a changed row is told from the same one."""

    __tablename__ = "imported_case"
    external_id: Mapped[str] = mapped_column(primary_key=True)
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), unique=True)
    sha256: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
