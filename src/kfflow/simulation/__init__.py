"""A prison service that lives for days or years on a virtual clock, through the ordinary commands and the worker."""

from kfflow.simulation.report import Report
from kfflow.simulation.running import Simulation
from kfflow.simulation.world import Extent

__all__ = ["Extent", "Report", "Simulation"]
