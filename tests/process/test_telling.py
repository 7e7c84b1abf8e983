"""What is told is told on a day of its own: no task of telling opens with the day of an earlier one."""

import pytest
from sqlalchemy import select

from kfflow.engine.instructions import Activate
from kfflow.persistence.tables import UserTask
from kfflow.service import forms, instances, modifications
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails

TERM = {"straftype": "tidsbestemt", "straf_start": "2026-01-05", "straf_slut": "2029-01-05"}
OUTING = {
    "udgangstype": "regelmaessig",
    "regime": "lukket",
    "udgang_start": "2026-12-04T16:00:00+01:00",
    "udgang_retur": "2026-12-06T21:00:00+01:00",
}


@pytest.mark.parametrize(
    ("process_id", "element_id", "facts", "earlier"),
    [
        ("kf_afgoerelse", "MeddelAfgoerelse", {}, {"meddelt_dato": "2026-11-01", "klagevejledning_givet": True}),
        ("kf_vilkaarsbrud", "MeddelReaktion", {"proevetid_slut": "2028-01-04"}, {"meddelt_dato": "2026-11-01"}),
        ("kf_udgang_afvikling", "MeddelReaktion", OUTING, {"meddelt_dato": "2026-11-01"}),
        ("kf_loesladelse", "UnderretOmDatoer", TERM, {"datoer_meddelt_dato": "2026-11-01"}),
        ("kf_partshoering", "AfleverPartshoering", {}, {"afleveret_dato": "2026-11-01", "bemaerkninger": "Syg"}),
    ],
)
@pytest.mark.usefixtures("in_operation")
def test_telling_opens_empty_where_the_case_knows_an_earlier_day(service, process_id, element_id, facts, earlier):
    with service.command(SYSTEM) as ctx:
        known = {"indsat_id": "SYN-1001", **facts, **earlier}
        case = CaseDetails(institution_code="SDO")
        started = instances.create(ctx, process_id=process_id, variables=known, case=case, as_part=True)
        modifications.modify(ctx, started.key, [Activate(element_id)], reason="Meddeles igen")
    with service.query(SYSTEM) as ctx:
        telling = ctx.session.scalars(select(UserTask).where(UserTask.element_id == element_id)).one()
        opened = forms.context_of(ctx, telling)
    assert {name: opened[name] for name in earlier} == dict.fromkeys(earlier)
