"""A new process, table, form or letter begun from the page: a draft with a key that nobody has, free of errors."""

import pytest
from sqlalchemy import select

from kfflow.engine.findings import Severity
from kfflow.installation import resources
from kfflow.persistence.tables import Draft
from kfflow.service import deployments, resource_files
from kfflow.service.accounts import SYSTEM
from kfflow.web.blanks import BLANKS
from tests.e2e.browser import ROOT
from tests.integration.web import visiting

KINDS = list(BLANKS)
TO_BE_FILLED_IN = {
    ("proces", "hjemmel-missing"),
    ("proces", "form-missing"),
    ("proces", "deadline-missing"),
    ("tabel", "dmn-legal-basis"),
}


def words(page) -> str:
    return " ".join(page.text.split())


def begin(client, token, **given):
    return client.post(
        "/processer/ny", data={"art": "proces", "noegle": "kf_ny", "navn": "Ny", "csrf_token": token} | given
    )


def drafts(service):
    with service.database.transaction() as session:
        return list(session.scalars(select(Draft)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_file_is_a_draft_that_opens(client, service, kind):
    token = visiting.log_in(client, "procesdesigner")
    assert f'value="{kind}" checked' in words(client.get(f"/processer/ny?art={kind}"))
    name = f"kf_ny{BLANKS[kind].ending}"
    answer = begin(client, token, art=kind, navn='Sager om "børn" & unge')
    assert (answer.status_code, answer.location) == (303, f"/processer/{name}/tegn")
    assert [(draft.resource_name, draft.revision) for draft in drafts(service)] == [(name, 1)]
    assert client.get(answer.location, follow_redirects=True).status_code == 200
    assert f"/processer/{name}/tegn" in client.get("/processer").text


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_file_passes_the_check_but_for_what_only_its_author_knows(kind):
    letters = dict(resources(ROOT / "bpmn", ROOT / "workflows"))
    source = BLANKS[kind].make("kf_ny", 'Sager om "børn" & <unge> */')
    judged = resource_files.judge(f"kf_ny{BLANKS[kind].ending}", source.encode(), beside=letters)
    errors = {(kind, found.rule) for found in judged.findings if found.severity is Severity.ERROR}
    assert errors == {one for one in TO_BE_FILLED_IN if one[0] == kind}


def test_a_new_form_is_put_in_force_as_it_begins(client, service):
    token = visiting.log_in(client, "procesdesigner")
    begin(client, token, art="formular")
    (draft,) = drafts(service)
    body = {"revision": 1, "uden_proeve": "Ny formular"}
    answer = client.post(f"/processer/{draft.resource_name}/saet-i-drift", json=body, headers={"X-CSRFToken": token})
    assert (answer.status_code, answer.json["version"]) == (200, 1)


@pytest.mark.parametrize("key", ["", "k", "Kf_ny", "kf ny", "1kf", "../kf", "kf.ny", "æble", "k" * 61])
def test_a_key_that_is_none_is_refused_by_field(client, service, key):
    token = visiting.log_in(client, "procesdesigner")
    refused = begin(client, token, noegle=key)
    assert (refused.status_code, "Nøglen skal have 2–60 tegn" in words(refused), drafts(service)) == (422, True, [])


@pytest.mark.parametrize(
    "case",
    [({"navn": " "}, "Skriv et navn"), ({"navn": "x" * 121}, "Skriv et navn"), ({"art": "andet"}, "Vælg, hvad")],
)
def test_what_else_is_wrong_is_told(client, service, case):
    given, told = case
    token = visiting.log_in(client, "procesdesigner")
    refused = begin(client, token, **given)
    assert (refused.status_code, told in words(refused), drafts(service)) == (422, True, [])


def test_a_key_in_use_is_refused_also_when_another_file_defines_it(client, service):
    visiting.deploy_form_process(service)
    token = visiting.log_in(client, "procesdesigner")
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("andet_navn.form", visiting.FORM.replace(b'"vurdering"', b'"anden"'))])
    begin(client, token, noegle="kf_kladde")
    for kind, key in (("proces", "vurder"), ("formular", "anden"), ("proces", "kf_kladde")):
        refused = begin(client, token, art=kind, noegle=key)
        assert (refused.status_code, f"Nøglen {key} er i brug." in words(refused)) == (422, True)
    assert begin(client, token, art="tabel", noegle="vurder").status_code == 303
