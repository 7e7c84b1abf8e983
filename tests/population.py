"""A cut of the simulation small enough for tests: three institutions, ten days, and two leaves that go on.

Much in it is claimed and much is late, so that among so few tasks some are.
"""

from typing import Any

from kfflow.demo import cut

INMATES = 60


def small(seed: int = 7) -> dict[str, Any]:
    told = cut.read()
    told["extent"] = {"seed": seed, "days": 10, "scale": 0.005}
    told["people"] = {"inmates": INMATES, "institutions": ["SDO", "NYB", "VEJ"]}
    told["pace"].update(late_share=0.5, late=[1.2, 2.0], claimed_share=0.9, held=[0.5, 0.9])
    out, late, *_ = told["leaves"]["staged"]
    told["leaves"]["staged"] = [{**out, "institutions": ["SDO"]}, {**late, "institutions": ["SDO"]}]
    return told
