"""Job handlers that all case processes share: letters, Digital Post, the client system, other authorities.

A diagram names the handler by job type and gives it what it needs by input mappings: `dokument_titel`,
`dokument_tekst`, `modtager`, `indhold`. Headers: `skabelon` (letter template), `adgang` (protected class),
`haendelse` (what the client system is told).
"""

from kfflow.errors import InvalidInput
from kfflow.jobs.handlers import BpmnError, HandlerContext, handler
from kfflow.service import letters, places
from kfflow.service.effects import Move

CLIENT_SYSTEM = "klientsystem"
DIGITAL_POST = "digitalpost"


@handler("svc_dokument")
def write_document(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Put a letter on the case, made by the template that the diagram names."""
    _file_letter(context, variables, _text(variables, "modtager"))
    return {"dokument_id": context.idempotency_key}


@handler("svc_digitalpost")
def send_digital_post(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """File the letter with the case and leave it in the outbox for Digital Post.

    A recipient who is exempt cannot be reached this way: the diagram catches DIGITALPOST_FRAVALGT.
    """
    if variables.get("digitalpost_fravalgt") is True:
        raise BpmnError("DIGITALPOST_FRAVALGT", "the recipient cannot receive Digital Post")
    _file_letter(context, variables, _text(variables, "modtager"))
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


@handler("svc_kommune")
def tell_municipality(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """File the notice with the case and leave it in the outbox of the home municipality."""
    return _tell_authority("kommune", context, variables)


@handler("svc_politi")
def tell_police(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """File the notice with the case and leave it in the outbox of the police."""
    return _tell_authority("politi", context, variables)


@handler("svc_folkeregister")
def tell_population_register(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """File the notice with the case and leave it in the outbox of the population register."""
    return _tell_authority("folkeregister", context, variables)


def _tell_authority(authority: str, context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    _file_letter(context, variables, authority)
    words = {"titel": _text(variables, "dokument_titel"), "tekst": _text(variables, "dokument_tekst")}
    context.record_outbound(authority, {**_event(context, variables), **words})
    return {"dokument_id": context.idempotency_key}


@handler("svc_klientsystem_hent")
def read_from_client_system(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Give the person's master data as `stamdata`; the diagram catches INTEGRATION_FEJL when there are none."""
    try:
        known = context.facts_of(_text(variables, "indsat_id"))
    except InvalidInput as unusable:
        raise BpmnError("INTEGRATION_FEJL", unusable.message_en) from unusable
    if known is None:
        raise BpmnError("INTEGRATION_FEJL", "the client system does not know the person")
    return {"stamdata": known}


@handler("svc_find_afgoerelse")
def find_decision(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Give the decision of the case that was told last as `afgoerelse`: kind, rule of parole, who decided, the day.

    A complaint that names a kind (`sagstype`) is about the last of that kind. Of two told on one day it is the one of
    the process that began last; one that nobody has been told of comes after all others.
    """
    kind = variables.get("sagstype")
    known = [one for one in context.all_knowing("afgoerelse_rolle") if kind is None or one.get("sagstype") == kind]
    newest = max(known, key=lambda one: str(one.get("meddelt_dato") or ""), default={})
    told = ("sagstype", "proeve_regel", "afgoerelse_rolle", "meddelt_dato")
    return {"afgoerelse": {name: newest.get(name) for name in told}}


@handler("svc_omraader")
def find_areas(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Give the areas of `fra_institution` and `ny_institution` as `fra_omraade` and `til_omraade`, by their codes."""
    between = {"fra_omraade": "fra_institution", "til_omraade": "ny_institution"}
    return {area: context.area_of(_text(variables, institution)) for area, institution in between.items()}


@handler("svc_kapacitet")
def count_free_places(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Give `ledige_pladser` of the institution and regime that the diagram asks about."""
    institution, regime = _text(variables, "kapacitet_institution"), _text(variables, "kapacitet_regime")
    return {"ledige_pladser": context.free_places(institution, regime)}


@handler("svc_hold_plads")
def hold_place(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Give `ledige_pladser` as svc_kapacitet does, and hold one of them, or one too many that was accepted."""
    institution, regime = _text(variables, "kapacitet_institution"), _text(variables, "kapacitet_regime")
    overbooked, free = variables.get("overbelaeg_godkendt") is True, context.free_places(institution, regime)
    if overbooked or free > 0:
        context.hold_place(places.Wanted(institution, regime, overbooked))
    return {"ledige_pladser": free}


@handler("svc_flyt_person")
def move_person(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Move the person with their open cases and tasks to `ny_institution`, in the transaction that goes on.

    Gives the numbers of these cases as `aabne_sager`, so that each can be told. `nyt_regime` is the regime in which
    they take the place that the process holds, or one that is free. The header `ingen_plads` is the code of the error
    that the diagram catches when there is none; without it that is an incident.
    """
    institution, regime = _text(variables, "ny_institution"), _text(variables, "nyt_regime")
    overbooked, code = variables.get("overbelaeg_godkendt") is True, _header(context, "ingen_plads", "")
    if code and regime and not context.has_place(places.Wanted(institution, regime, overbooked)):
        raise BpmnError(code, f"{institution} has no free place")
    unit = _text(variables, "ny_afdeling") or None
    context.move_person(Move(_text(variables, "indsat_id"), institution, unit, regime or None, overbooked))
    return {
        "flyttet_tid": context.at.isoformat(),
        "aabne_sager": context.open_cases_of(_text(variables, "indsat_id")),
    }


@handler("svc_frigoer_plads")
def free_place(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Free the place of the person, who has left for good."""
    context.leave_place(_text(variables, "indsat_id"))
    return {}


@handler("svc_sagsfrist")
def tell_case_deadline(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """Give the day on which the deadline of the process falls as `sagsfrist`: what is promised is what is kept."""
    _ = variables
    return {"sagsfrist": context.case_deadline()}


@handler("svc_transport")
def order_transport(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
    """File the order with the case and leave it in the outbox of the transport units."""
    return {**_tell_authority("transport", context, variables), "transport_status": "anmodet"}


def _file_letter(context: HandlerContext, variables: dict[str, object], recipient: str) -> None:
    context.write_letter(letters.wanted_by(context.headers, variables, recipient))


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
