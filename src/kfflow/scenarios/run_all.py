"""All scenarios of one process or of every process, on the definitions that stand in the folders."""

from pathlib import Path

from kfflow import engine, installation
from kfflow.errors import KfflowError, NotFound
from kfflow.jobs import handlers
from kfflow.scenarios import coverage, files, found
from kfflow.scenarios.comparing import Differs
from kfflow.scenarios.report import Report, Result
from kfflow.scenarios.running import Run
from kfflow.service import definitions, deployments
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from kfflow.service.scenario_files import Scenario

Passed = set[tuple[str, str]]


def run(service: Service, clock: SettableClock, bpmn_dir: Path, workflows_dir: Path, only: str | None = None) -> Report:
    """Run the scenarios of all processes, or of the one that `only` names by key or by the path of its diagram.

    The database must be one to experiment in: the clock is moved about and cases are left behind, cancelled.
    """
    process = None if only is None else Path(only).name.removesuffix(".bpmn")
    deployed = deploy(service, bpmn_dir, workflows_dir)
    if process is not None and process not in deployed:
        raise NotFound(f"Der er ingen proces {process} i {bpmn_dir}.", f"There is no process {process} in {bpmn_dir}.")
    passed: Passed = set()
    scenarios = [files.read(path, service.zone) for path in files.find(workflows_dir, process)]
    results = [run_one(service, clock, scenario, passed) for scenario in scenarios]
    measured = [d for key, d in sorted(deployed.items()) if process in (None, key)]
    return Report(tuple(results), tuple(coverage.of_process(definition, passed) for definition in measured))


def deploy(service: Service, bpmn_dir: Path, workflows_dir: Path) -> dict[str, engine.Definition]:
    """Put what stands in the folders in force; gives the compiled processes by id."""
    handlers.load(workflows_dir)
    with service.command(SYSTEM) as ctx:
        deployed = deployments.deploy(ctx, installation.resources(bpmn_dir, workflows_dir), name="scenarier")
        return {row.process_id: definitions.compiled(ctx, row.key) for row in deployed.processes}


def run_one(service: Service, clock: SettableClock, scenario: Scenario, passed: Passed) -> Result:
    """Run one scenario and say what differed; adds what it came by to `passed`."""
    going = Run(service, clock, scenario)
    danish = english = ""
    try:
        going.play()
    except Differs as problem:
        danish, english = problem.danish, problem.english
    except KfflowError as problem:
        danish, english = problem.message("da"), problem.message("en")
    with service.query(SYSTEM) as ctx:
        passed |= found.reached(ctx.session, after=going.after)
    going.end()
    return Result(scenario.process, scenario.name, scenario.folder, scenario.file, danish, english)
