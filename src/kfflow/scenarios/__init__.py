"""Scenario files: a process tried out from given dates and answers, and what it must then do.

A scenario is a YAML file in `workflows/<process>/scenarios/`; `files.py` tells its words. It runs on a fresh case
through the ordinary commands with a clock that is moved by hand, so what it proves is what an installation does.
"""

from kfflow.scenarios.report import Report
from kfflow.scenarios.run_all import deploy, run, run_kept

__all__ = ["Report", "deploy", "run", "run_kept"]
