"""The client system that stands in: filled from an installation, with a page to switch its faults on."""

import threading
from collections.abc import Iterator
from datetime import date
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select

from kfflow.fakes import filling
from kfflow.fakes.client_system import FakeClientSystem, FakeServer, Faults
from kfflow.jobs import client_system
from kfflow.klientsystem.http import HttpClientSystem
from kfflow.persistence.tables import Person
from kfflow.service.accounts import SYSTEM


@pytest.fixture
def served() -> Iterator[FakeServer]:
    with FakeServer(FakeClientSystem()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def people(service, how_many):
    with service.command(SYSTEM) as ctx:
        for number in range(1, how_many + 1):
            row = Person(key=ctx.new_key(), person_number=f"P-{number:04}", name=str(number), institution_code="SDO")
            row.facts, row.born_on = {"straf_slut": "2028-01-01"}, date(1990, 1, 1)
            ctx.session.add(row)


def test_a_filled_register_differs_in_a_few_and_the_newer_data_are_taken_over_once(service, served):
    people(service, 190)
    assert filling.fill(served.register, service.database) == 190
    report = client_system.reconcile(service, HttpClientSystem(served.address))
    found = [(line["person"], line["field"], line["there"]) for line in report.differences]
    assert found == [("P-0090", "straf_slut", ""), ("P-0120", "institution", "SLA"), ("P-0180", "straf_slut", "")]
    assert report.counts["equal"] == 187
    with service.database.transaction() as session:
        later = select(Person.person_number).where(Person.facts["straf_slut"].astext == "2028-01-15")
        assert sorted(session.scalars(later)) == ["P-0090", "P-0180"]
    filling.fill(served.register, service.database)
    again = client_system.reconcile(service, HttpClientSystem(served.address))
    assert [line["field"] for line in again.differences] == ["institution"]


def test_faults_are_switched_on_its_own_page(served):
    with urlopen(served.address + "/") as page:
        assert 'name="readonly">' in page.read().decode()
    with urlopen(Request(served.address + "/", data=b"readonly=on&slow=on")) as page:
        assert 'name="readonly" checked>' in page.read().decode()
    assert served.register.faults == Faults(readonly=True, slow=2.0)
    with urlopen(Request(served.address + "/", data=b"down=on")) as page:
        assert page.status == 200
    assert served.register.faults == Faults(down=True)
