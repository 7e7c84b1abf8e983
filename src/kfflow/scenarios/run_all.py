"""All scenarios of one process or of every process, on the definitions that stand in the folders."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kfflow import engine, installation
from kfflow.errors import KfflowError, NotFound
from kfflow.jobs import handlers
from kfflow.scenarios import coverage, files, found
from kfflow.scenarios.comparing import Differs
from kfflow.scenarios.report import Report, Result
from kfflow.scenarios.running import Run
from kfflow.service import definitions, deployments, scenario_files
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from kfflow.service.scenario_files import ENDING, Scenario

Passed = set[tuple[str, str]]
Definitions = Mapping[str, engine.Definition]


def run(service: Service, clock: SettableClock, bpmn_dir: Path, workflows_dir: Path, only: str | None = None) -> Report:
    """Run the scenarios of all processes, or of the one that `only` names by key or by the path of its diagram.

    The database must be one to experiment in: the clock is moved about and cases are left behind, cancelled.
    """
    process = _key(only)
    deployed = deploy(service, bpmn_dir, workflows_dir)
    _require(deployed, process, (str(bpmn_dir), str(bpmn_dir)))
    scenarios = [files.read(path, service.zone) for path in files.find(workflows_dir, process)]
    return _report(service, clock, scenarios, deployed, process)


def run_kept(service: Service, clock: SettableClock, sources: Mapping[str, bytes], only: str | None = None) -> Report:
    """Run those of the sources that are scenarios, of all processes or of one, on the other sources, as `run` does."""
    process = _key(only)
    deployed = _put_in_force(service, [file for file in sources.items() if not file[0].endswith(ENDING)])
    _require(deployed, process, ("drift", "operation"))
    kept = scenario_files.of_processes(sources, deployed.keys() if process is None else {process})
    return _report(service, clock, [_read(service, *file) for file in kept], deployed, process)


def _key(only: str | None) -> str | None:
    return None if only is None else Path(only).name.removesuffix(".bpmn")


def _require(deployed: Definitions, process: str | None, where: tuple[str, str]) -> None:
    if process is not None and process not in deployed:
        da, en = where
        raise NotFound(f"Der er ingen proces {process} i {da}.", f"There is no process {process} in {en}.")


def _report(
    service: Service, clock: SettableClock, scenarios: Sequence[Scenario], deployed: Definitions, process: str | None
) -> Report:
    passed: Passed = set()
    results = [run_one(service, clock, scenario, passed) for scenario in scenarios]
    measured = [d for key, d in sorted(deployed.items()) if process in (None, key)]
    return Report(tuple(results), tuple(coverage.of_process(definition, passed) for definition in measured))


def _read(service: Service, name: str, source: bytes) -> Scenario:
    folder, file = scenario_files.place_of(name)
    return scenario_files.read(file, source, service.zone, folder=folder)


def deploy(service: Service, bpmn_dir: Path, workflows_dir: Path) -> dict[str, engine.Definition]:
    """Put what stands in the folders in force; gives the compiled processes by id."""
    handlers.load(workflows_dir)
    return _put_in_force(service, installation.resources(bpmn_dir, workflows_dir))


def _put_in_force(service: Service, resources: Sequence[tuple[str, bytes]]) -> dict[str, engine.Definition]:
    with service.command(SYSTEM) as ctx:
        deployed = deployments.deploy(ctx, resources, name="scenarier")
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
