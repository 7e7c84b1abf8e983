"""The process that the chaos tests run: people, a job with an effect, a timer and a message, one after the other."""

from pathlib import Path

from tests.integration.service import diagrams

PROCESS_ID = "kf_kaos"
MESSAGE = "kaos_svar"
JOB_TYPE = "kaos_dokument"
NUMBER = "sagsnummer"

HANDLERS = f'''"""The handler of the chaos tests: it takes a moment, as outside systems do, and leaves one document."""

import time

from kfflow.jobs.handlers import HandlerContext, handler


@handler("{JOB_TYPE}")
def write(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    time.sleep(0.02)
    context.write_document("kaos", context.business_key, str(variables["{NUMBER}"]))
    context.record_outbound("kaos", {{"sag": context.business_key}})
    return {{"dokument_id": context.idempotency_key}}
'''


def write_handlers(folder: Path) -> Path:
    """Write the workflows folder that the processes are pointed to."""
    home = folder / "kaos"
    home.mkdir(parents=True)
    (home / "handlers.py").write_text(HANDLERS)
    return folder


def source() -> bytes:
    ids = ["Modtag", "Dokument", "Vent", "AfventSvar", "Afslut"]
    return diagrams.sequence(
        PROCESS_ID,
        diagrams.user_task("Modtag"),
        diagrams.service_task("Dokument", JOB_TYPE),
        diagrams.timer_catch("Vent", "PT1S"),
        diagrams.message_catch("AfventSvar", "M1"),
        diagrams.user_task("Afslut"),
        ids=ids,
        root=diagrams.message("M1", MESSAGE, f"={NUMBER}"),
    )
