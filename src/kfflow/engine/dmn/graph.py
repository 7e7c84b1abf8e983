"""Evaluating the requirements graph: inputs, decisions in order, knowledge models and services as functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kfflow.engine.dmn.linking import Linked, Reference, evaluation_order, linked_type, result_type
from kfflow.engine.dmn.model import DecisionElement, Element, InputData, Knowledge, Service
from kfflow.engine.dmn.scope import Evaluation, RuleHit, Variables
from kfflow.feel.runtime import Run
from kfflow.feel.types import ANY, coerce
from kfflow.feel.values import Function


@dataclass(slots=True)
class Frame:
    """One model with its inputs while it is evaluated; imported models have frames of their own."""

    linked: Linked
    inputs: Mapping[str, object]
    evaluation: Evaluation
    values: dict[str, object] = field(default_factory=dict)
    hits: dict[str, list[RuleHit]] = field(default_factory=dict)
    imported: "dict[str, Frame]" = field(default_factory=dict)

    def value(self, element: Element) -> object:
        """Give the value of an element of this model, evaluated once."""
        if element.id not in self.values:
            self.values[element.id] = self._evaluate(element)
        return self.values[element.id]

    def _evaluate(self, element: Element) -> object:
        match element:
            case InputData():
                return self._input(element)
            case DecisionElement():
                for decision_id in evaluation_order(self.linked, element.id, self.values):
                    self.values[decision_id] = self._decide(decision_id)
                return self.values.get(element.id)
            case Knowledge() if element.id in self.linked.functions:
                make = self.linked.functions[element.id]
                return make(lambda: {element.name: self.value(element), **self._required(element)})
            case Service():
                return self._service(element)
        return None

    def _input(self, element: InputData) -> object:
        value, fits = coerce(self.inputs.get(element.name), linked_type(self.linked, element))
        if not fits:
            self.evaluation.problem("input {} is not of its type", 0, element.name)
        return value

    def _decide(self, decision_id: str) -> object:
        logic = self.linked.logic.get(decision_id)
        element = self.linked.source.elements[decision_id]
        if logic is None:
            return self._given(element)
        first_hit = len(self.evaluation.hits)
        value = logic({**self._undeclared(element.name), **self._required(element)}, self.evaluation)
        self.hits[decision_id] = self.evaluation.hits[first_hit:]
        return value

    def _given(self, element: Element) -> object:
        """Give the value of a decision without logic, which comes with the inputs (DMN 1.5 §6.3.7)."""
        if element.name not in self.inputs:
            self.evaluation.problem("decision {} has no logic", 0, element.name)
            return None
        value, fits = coerce(self.inputs[element.name], linked_type(self.linked, element))
        if not fits:
            self.evaluation.problem("decision {} is not of its type", 0, element.name)
        return value

    def _undeclared(self, own_name: str = "") -> dict[str, object]:
        """Give the variables that the model does not declare: tables of process designers often omit the inputs.

        A decision may read a variable of its own name, which cannot be meant for itself.
        """
        declared = {e.name for e in self.linked.source.elements.values()} | set(self.linked.aliases.values())
        return {k: v for k, v in self.inputs.items() if k not in declared or k == own_name}

    def _required(self, element: Element) -> dict[str, object]:
        variables: dict[str, object] = {}
        for reference in self.linked.requirements.get(element.id, ()):
            value = self._referenced(reference)
            if reference.alias:
                context = variables.setdefault(reference.alias, {})
                assert isinstance(context, dict)
                context[reference.element.name] = value
            else:
                variables[reference.name] = value
        return variables

    def _referenced(self, reference: Reference) -> object:
        if reference.namespace is None:
            return self.value(reference.element)
        return self._imported(reference.namespace, reference.alias).value(reference.element)

    def _imported(self, namespace: str, alias: str) -> "Frame":
        if namespace not in self.imported:
            given = self.inputs.get(alias)
            inputs = given if isinstance(given, dict) else self.inputs
            self.imported[namespace] = Frame(self.linked.imports[namespace], inputs, self.evaluation)
        return self.imported[namespace]

    def _service(self, service: Service) -> Function:
        parameters = self.parameters(service)
        types = tuple(linked_type(self.linked, p.element) for p in parameters)

        def call(run: Run, arguments: Sequence[object]) -> object:
            assert isinstance(run, Evaluation)
            return self.serve(service, dict(zip((p.element.name for p in parameters), arguments, strict=True)), run)

        result = result_type(linked_type(self.linked, service))
        names = tuple(p.element.name for p in parameters)
        return Function(service.name, names, types, None if result == ANY else result, call)

    def parameters(self, service: Service) -> tuple[Reference, ...]:
        """Give the parameters of a service: its input data, then its input decisions (DMN 1.5 §10.4)."""
        return self.linked.references((*service.inputs, *service.input_decisions))

    def serve(self, service: Service, arguments: Variables, evaluation: Evaluation) -> object:
        """Evaluate the outputs of a service with its input data and input decisions given by name."""
        inner = Frame(self.linked, {**self._undeclared(), **arguments}, evaluation)
        for parameter in self.parameters(service):
            wanted = linked_type(self.linked, parameter.element)
            inner.values[parameter.element.id] = coerce(arguments.get(parameter.element.name), wanted)[0]
        outputs = self.linked.references(service.outputs)
        results = {o.element.name: inner.value(o.element) for o in outputs}
        return next(iter(results.values())) if len(results) == 1 else results
