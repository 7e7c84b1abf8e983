"""A cut of the simulation small enough for tests: three institutions, ten days, and two leaves that go on."""

from typing import Any

from kfflow.demo import cut

INMATES = 60


def small(seed: int = 7) -> dict[str, Any]:
    told = cut.read()
    told["extent"] = {"seed": seed, "days": 10, "scale": 0.005}
    told["people"] = {"inmates": INMATES, "institutions": ["SDO", "NYB", "VEJ"]}
    out, late, *_ = told["leaves"]["staged"]
    told["leaves"]["staged"] = [{**out, "institutions": ["SDO"]}, {**late, "institutions": ["SDO"]}]
    return told
