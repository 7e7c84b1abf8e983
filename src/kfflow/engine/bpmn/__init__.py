"""BPMN diagrams as kfflow reads them: hardened XML, element model, extension elements, lint, import."""
