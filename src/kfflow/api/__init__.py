"""The REST API: the shape of Camunda 8's under /v2, what only kfflow has under /v2/kf, described at /openapi.json."""

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import NotFound

from kfflow.api import (
    accounts,
    activations,
    batch_operations,
    calendars,
    case_imports,
    cases,
    cluster,
    deadlines,
    decision_definitions,
    decision_instances,
    deployments,
    documentation,
    drafts,
    element_instances,
    forms,
    identity,
    incidents,
    institutions,
    jobs,
    law,
    linting,
    message_subscriptions,
    messages,
    migrations,
    modifications,
    problems,
    process_definitions,
    process_instances,
    resources,
    signals,
    suspensions,
    timers,
    user_tasks,
    variables,
    versions,
)
from kfflow.api.operations import Operation, view_of

NOUNS = (
    cluster.operations,
    identity.operations,
    deployments.operations,
    resources.operations,
    process_definitions.operations,
    process_instances.operations,
    suspensions.operations,
    batch_operations.operations,
    modifications.operations,
    migrations.operations,
    element_instances.operations,
    user_tasks.operations,
    forms.operations,
    variables.operations,
    jobs.operations,
    messages.operations,
    message_subscriptions.operations,
    signals.operations,
    incidents.operations,
    decision_definitions.operations,
    decision_instances.operations,
    cases.operations,
    institutions.operations,
    accounts.operations,
    calendars.operations,
    case_imports.operations,
    deadlines.operations,
    timers.operations,
    activations.operations,
    linting.operations,
    versions.operations,
    law.operations,
    drafts.operations,
)
OPERATIONS: tuple[Operation, ...] = tuple(operation for noun in NOUNS for operation in noun)


def new_app(name: str) -> Flask:
    """Make the Flask application that the screens and the API are registered on."""
    return Flask(name, static_folder="web/static", template_folder="web/templates")


def register(app: Flask) -> None:
    """Put the API, its token endpoint and its documentation on the application."""
    blueprint = Blueprint(
        "api", __name__, template_folder="templates", static_folder="static", static_url_path="/docs/static"
    )
    for operation in OPERATIONS:
        path = "/v2" + operation.path.replace("{", "<").replace("}", ">")
        endpoint = f"{operation.method} {operation.path}".replace(".", "_")
        blueprint.add_url_rule(path, endpoint, view_of(operation), methods=[operation.method])
    blueprint.add_url_rule("/v2/<path:_path>", "unknown", unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    blueprint.add_url_rule("/oauth/token", "token", identity.token, methods=["POST"])
    blueprint.after_request(guard)
    documentation.register(blueprint, OPERATIONS)
    app.register_blueprint(blueprint)


def guard(response: Response) -> Response:
    """Keep answers out of caches, and let a browser take nothing in them for a page of ours."""
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def unknown(_path: str) -> Response:
    """Answer for everything under /v2 that is not there."""
    return problems.render_http(NotFound())
