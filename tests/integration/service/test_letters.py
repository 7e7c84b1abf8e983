"""Letters of a case: made by the handlers, from the case's data, kept so that they come out the same again."""

import hashlib
import io
from datetime import date
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select, update

from kfflow import installation
from kfflow.domain.law import Transition, Validity
from kfflow.engine.findings import DeploymentRefused
from kfflow.errors import EngineFailure, InvalidInput
from kfflow.persistence.tables import Case, Document, Incident, Letter, Person
from kfflow.scenarios import found, running
from kfflow.service import cases, deployments, instances, letters, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.letters import Wanted
from tests.conftest import ROOT
from tests.integration.service import diagrams

SHIPPED = dict(installation.resources(ROOT / "bpmn", ROOT / "workflows"))
NEEDED = [
    (name, source)
    for name, source in SHIPPED.items()
    if name.endswith(".typ") or name in {"brev_afsender.dmn", "afgoerelse_regel.dmn", "kf_afgoerelse.bpmn"}
]
FORMS = [(p.name, p.read_bytes()) for p in sorted(Path(ROOT / "workflows/kf_afgoerelse/forms").glob("*.form"))]


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture
def shipped(service, kept):
    def make():
        with service.command(SYSTEM) as ctx:
            deployments.deploy(ctx, [*NEEDED, *FORMS])

    kept.lay("letters", make)
    return service


def person(service, number="SYN-000007", **facts) -> None:
    with service.database.transaction() as session:
        session.add(Person(key=7, person_number=number, name="Åse Øst", institution_code="NYB", facts=facts))


def decided(service, worker, *, role="omraadekontor", kind="udgang", outcome="afslag", number="SYN-000007") -> Document:
    """Let a decision be made and give the letter of it."""
    with service.command(SYSTEM) as ctx:
        variables = {"indsat_id": number, "sagstype": kind, "afgoerelse_rolle": role}
        details = CaseDetails(institution_code="NYB")
        root = instances.create(ctx, process_id="kf_afgoerelse", variables=variables, case=details, as_part=True).key
    worker.drain()
    with service.command(running.person("afgoerer", frozenset({role}))) as ctx:
        task = found.open_tasks(ctx.session, root)[0].key
        answers = {"udfald": outcome, "begrundelse": "#panic() – *grunden*"}
        tasks.complete(ctx, task, variables=answers, validate=False)
    worker.drain()
    with service.database.transaction() as session:
        return session.scalars(select(Document).order_by(Document.key.desc())).first()


def test_letter_is_stored_with_what_it_was_made_from(shipped, worker):
    person(shipped)
    document = decided(shipped, worker)
    assert (document.template, document.title[:12], document.media_type) == (
        "notat_afslag",
        "Afslag i sag",
        "application/pdf",
    )
    known = {name: value for name, value in document.data["felter"].items() if value is not None}
    assert known == {"sagstype": "udgang", "udfald": "afslag", "begrundelse": "#panic() – *grunden*"}
    assert document.data["person"]["navn"] == "Åse Øst"
    assert [source["name"] for source in document.rendering["sources"]] == [
        "brevhoved.typ",
        "det_gaelder.typ",
        "lange_ord.typ",
        "notat_afslag.typ",
        "ord.typ",
    ]
    told = text_of(document.content)
    for words in ("Åse Øst", "#panic() – *grunden*", "Du kan klage til direktoratet", "SYNTETISK PERSON"):
        assert words in told


SENDERS = {
    "enhedschef": "Nyborg Fængsel",
    "omraadekontor": "Kriminalforsorgsområde Vest",
    "direktorat": "Direktoratet for Kriminalforsorgen",
}


@pytest.mark.parametrize("role", SENDERS)
def test_controller_follows_who_decides(shipped, worker, role):
    person(shipped)
    document = decided(shipped, worker, role=role)
    assert (document.data["afsender"], document.data["dataansvarlig"]) == (SENDERS[role], SENDERS[role])


@pytest.mark.parametrize(("kind", "court"), [("udgang", False), ("overfoersel", False), ("proeveloesladelse", True)])
def test_guidance_follows_the_kind_of_decision(shipped, worker, kind, court):
    person(shipped)
    document = decided(shipped, worker, kind=kind)
    assert document.data["klage"]["domstolsproevelse"] is court
    assert ("indbringes for retten. Kravet" in text_of(document.content)) is court


@pytest.mark.parametrize(("kind", "court"), [("udgang", False), ("overfoersel", False), ("proeveloesladelse", True)])
def test_nobody_is_told_to_complain_to_the_directorate_about_its_own_decision(shipped, worker, kind, court):
    person(shipped)
    document = decided(shipped, worker, role="direktorat", kind=kind)
    told = text_of(document.content)
    assert "kan ikke påklages til en anden administrativ myndighed" in told
    assert "Giv klagen til personalet" not in told
    assert ("indbringes for retten. Kravet" in told) is court


def test_person_who_reads_english_gets_the_letter_in_english(shipped, worker):
    person(shipped, sprog="en")
    told = text_of(decided(shipped, worker).content)
    assert "You are not given permission for leave." in told


def case_of(ctx, document):
    return ctx.session.get_one(Case, document.case_key)


def test_letters_come_out_the_same_after_the_template_has_changed(shipped, worker):
    person(shipped)
    document = decided(shipped, worker)
    changed = SHIPPED["notat_afslag.typ"].replace(b"#begrundelse", b"#strong[Nyt]\n#begrundelse", 1)
    with shipped.command(SYSTEM) as ctx:
        assert deployments.deploy(ctx, [("notat_afslag.typ", changed)]).letters[0].version == 2
        assert [one.holds for one in letters.verify(ctx, case_of(ctx, document))] == [True]


def test_letter_whose_stored_bytes_changed_is_told(shipped, worker):
    person(shipped)
    document = decided(shipped, worker)
    with shipped.command(SYSTEM) as ctx:
        ctx.session.get_one(Document, document.key).content += b" "
        ctx.session.flush()
        checked = letters.verify(ctx, case_of(ctx, document))
    assert [one.problem_en for one in checked] == ["The stored content differs."]


def test_letter_of_another_compiler_is_told(shipped, worker):
    person(shipped)
    document = decided(shipped, worker)
    with shipped.command(SYSTEM) as ctx:
        row = ctx.session.get_one(Document, document.key)
        row.rendering = {**row.rendering, "compiler": "typst 0.1"}
        ctx.session.flush()
        checked = letters.verify(ctx, case_of(ctx, document))
    assert checked[0].problem_en.startswith("Made with typst 0.1; here is typst ")


def test_letter_without_a_template_becomes_an_incident(service, worker):
    source = diagrams.sequence("p", diagrams.service_task("Brev", "svc_dokument", retries=1), ids=["Brev"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
        instances.create(ctx, process_id="p", variables={})
    worker.drain()
    with service.database.transaction() as session:
        assert (
            "Letter template notat is not deployed, or no version is in force for the case."
            in session.scalars(select(Incident.message_en)).one()
        )


def test_decision_without_guidance_is_not_issued(shipped):
    with shipped.command(SYSTEM) as ctx:
        variables = {"sagstype": "udgang", "indsat_id": "x"}
        instance = instances.create(ctx, process_id="kf_afgoerelse", variables=variables, as_part=True)
        case = ctx.session.get_one(Case, instance.case_key)
        with pytest.raises(EngineFailure) as refused:
            letters.make(ctx, case.key, Wanted("notat_afslag", {"udfald": "afslag"}), ctx.at)
    assert refused.value.message_en == "Decision afgoerelse_regel has no guidance for notat_afslag."


def test_template_that_does_not_compile_is_not_deployed(shipped):
    broken = SHIPPED["notat.typ"] + b"\n#data.findes_ikke\n"
    with pytest.raises(DeploymentRefused) as refused, shipped.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("notat.typ", broken)])
    line = SHIPPED["notat.typ"].count(b"\n") + 2
    assert [(f.resource, f.line) for f in refused.value.findings] == [("notat.typ", line)]


def test_letterhead_is_found_among_what_is_in_force(shipped):
    with shipped.command(SYSTEM) as ctx:
        changed = SHIPPED["notat.typ"].replace(b"#tekst", b"\n#tekst", 1)
        deployed = deployments.deploy(ctx, [("notat.typ", changed)])
        assert [(row.letter_id, row.version) for row in deployed.letters] == [("notat", 2)]


def test_letterhead_that_breaks_a_letter_in_force_is_refused(shipped):
    head = SHIPPED["brevhoved.typ"].replace(b"#let tekst(ord)", b"#let afsnittene(ord)", 1)
    with pytest.raises(DeploymentRefused) as refused, shipped.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("brevhoved.typ", head)])
    assert "notat.typ" in {finding.resource for finding in refused.value.findings}


def test_same_template_again_keeps_its_version(shipped):
    with shipped.command(SYSTEM) as ctx:
        deployed = deployments.deploy(ctx, [("notat.typ", SHIPPED["notat.typ"])])
        assert (deployed.letters[0].version, deployed.fresh) == (1, 0)
    with shipped.database.transaction() as session:
        assert session.query(Letter).filter(Letter.letter_id == "notat").count() == 1


def test_document_no_template_made_is_refused_by_name(shipped):
    with shipped.command(SYSTEM) as ctx, pytest.raises(EngineFailure) as refused:
        letters.make_again(ctx, Document(key=5, case_key=1))
    assert refused.value.message_en == "Document 5 was not made by a template."


def test_bytes_do_not_depend_on_who_makes_them(shipped, worker):
    person(shipped)
    document = decided(shipped, worker)
    with shipped.command(SYSTEM) as ctx:
        again = letters.make_again(ctx, ctx.session.get_one(Document, document.key))
        case = cases.get(ctx, document.data["sagsnummer"])
    assert case.key == document.case_key
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(document.content).hexdigest()


def test_version_by_law_counts_for_the_case_it_is_in_force_for(shipped, worker):
    person(shipped)
    later = SHIPPED["notat_afslag.typ"].replace(b"#begrundelse", b"#strong[Ny lov]\n#begrundelse", 1)
    with shipped.command(SYSTEM) as ctx:
        validity = Validity(gyldig_fra=date(2027, 1, 1), overgang=Transition.NEW_CASES)
        deployments.deploy(ctx, [("notat_afslag.typ", later)], validity=validity)
    assert "Ny lov" not in text_of(decided(shipped, worker).content)


def test_end_that_leaves_cases_without_their_letter_is_refused(shipped, worker):
    person(shipped)
    decided(shipped, worker)
    ending, changed = date(2027, 1, 1), SHIPPED["notat_afslag.typ"] + b"\n// ny\n"
    with shipped.database.transaction() as session:
        session.execute(update(Letter).values(gyldig_til=ending))
    with pytest.raises(InvalidInput) as refused, shipped.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("notat_afslag.typ", changed)], validity=Validity(gyldig_til=ending))
    assert [problem.field for problem in refused.value.fields] == ["gyldig_til"]
