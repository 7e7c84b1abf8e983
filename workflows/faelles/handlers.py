"""Job handlers that all case processes share: letters and notes, Digital Post, the client system.

A diagram names the handler by job type and gives it what it needs by input mappings: `dokument_titel`,
`dokument_tekst`, `modtager`, `indhold`. Headers: `skabelon` (document template), `adgang` (protected class),
`haendelse` (what the client system is told).
"""

from kfflow.jobs.handlers import BpmnError, HandlerContext, handler

CLIENT_SYSTEM = "klientsystem"
DIGITAL_POST = "digitalpost"


@handler("svc_dokument")
def write_document(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Put the text on the case as a document of the template that the diagram names."""
    _file_letter(context, variables)
    return {"dokument_id": context.idempotency_key}


@handler("svc_digitalpost")
def send_digital_post(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """File the letter with the case and leave it in the outbox for Digital Post.

    A recipient who is exempt cannot be reached this way: the diagram catches DIGITALPOST_FRAVALGT.
    """
    if variables.get("digitalpost_fravalgt") is True:
        raise BpmnError("DIGITALPOST_FRAVALGT", "the recipient cannot receive Digital Post")
    _file_letter(context, variables)
    letter = {"modtager": _text(variables, "modtager"), "titel": _text(variables, "dokument_titel")}
    context.record_outbound(DIGITAL_POST, {**letter, "dokument_id": context.idempotency_key})
    return {"dokument_id": context.idempotency_key}


@handler("svc_klientsystem_skriv")
def write_to_client_system(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Leave the event in the outbox of the client system, the register of record.

    Where the client system may only be read, a person enters the event: the diagram catches INTEGRATION_FEJL.
    """
    if variables.get("klientsystem_skrivebeskyttet") is True:
        raise BpmnError("INTEGRATION_FEJL", "the client system is read-only")
    context.record_outbound(CLIENT_SYSTEM, _event(context, variables))
    return {}


def _file_letter(context: HandlerContext, variables: dict[str, object]) -> None:
    context.write_document(
        _header(context, "skabelon", "notat"),
        _text(variables, "dokument_titel") or "Notat",
        _text(variables, "dokument_tekst"),
        access_class=_header(context, "adgang", "") or None,
    )


def _event(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    return {
        "haendelse": _header(context, "haendelse", context.element_id),
        "sag": context.business_key,
        "tidspunkt": context.at.isoformat(),
        "indhold": variables.get("indhold"),
        "noegle": context.idempotency_key,
    }


def _header(context: HandlerContext, name: str, default: str) -> str:
    return str(context.headers.get(name, default))


def _text(variables: dict[str, object], name: str) -> str:
    value = variables.get(name)
    return "" if value is None else str(value)
