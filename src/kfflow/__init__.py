"""kfflow: case processes of a prison and probation service, run from their BPMN diagrams."""

__version__ = "0.1.0"
