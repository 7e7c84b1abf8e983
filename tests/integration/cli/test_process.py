"""`kfflow process`: switched on and off, and the status to print."""

import csv
import io

import orjson

from tests.integration.cli.test_instance import start
from tests.integration.service import diagrams


def test_off_prints_what_is_open_and_on_says_so(service, kfflow):
    start(service, diagrams.user_task("Vurder"), ids=["Vurder"])
    told = kfflow("process", "off", "trin", "--reason", "Fejl i tabellen.").output.splitlines()
    assert told[0].startswith("trin overalt er slået fra siden ")
    assert told[0].endswith(" UTC af system: Fejl i tabellen.")
    assert told[1].endswith("Vurder · - · - · -")
    assert told[2] == "1 linjer. Åbne sager går videre her, eller føres i hånden fra denne liste."
    assert kfflow("process", "on", "trin", "--reason", "rettet").output.startswith("trin overalt er slået til")


def test_status_is_there_as_json_and_csv(service, kfflow):
    start(service, diagrams.user_task("Vurder"), ids=["Vurder"])
    told = orjson.loads(kfflow("process", "status", "trin", "--format", "json").output)
    (row,) = csv.DictReader(io.StringIO(kfflow("process", "status", "trin", "--format", "csv").output))
    assert (told["on"], told["open"][0]["task"], row["task"]) == (True, "Vurder", "Vurder")
