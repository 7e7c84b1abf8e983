"""The engine room: BPMN and DMN are compiled at deploy and run as pure functions on snapshots."""
