"""The web application: one Flask app that serves the screens and the API of an installation."""

import secrets
import time
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kfflow import api, metrics, reference, web
from kfflow.installation import Installation
from kfflow.persistence import schema
from kfflow.scenarios.trials import Trials
from kfflow.settings import secret_of

log = structlog.get_logger(__name__)
MAXIMUM_BODY = 6 * 1024 * 1024


def create_app(installation: Installation) -> Flask:
    """Build the app for an installation."""
    app = build()
    connect(app, installation)
    return app


def build() -> Flask:
    """Build the app with its routes and templates; it serves nothing before it is connected."""
    app = api.new_app("kfflow")
    app.before_request(_begin)
    app.after_request(_finish)
    _register_health(app)
    metrics.register(app)
    api.register(app)
    web.register(app)
    return app


def connect(app: Flask, installation: Installation) -> None:
    """Let an app serve an installation.

    `extensions["kfflow"]` is its Service, `extensions["kfflow_installation"]` the whole; `extensions["kfflow_trials"]`
    runs scenarios on files that are not in force.
    """
    app.config.update(
        SECRET_KEY=secret_of(installation.settings),
        MAX_CONTENT_LENGTH=MAXIMUM_BODY,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=installation.settings.secure_cookies,
        KFFLOW_SETTINGS=installation.settings,
    )
    app.extensions["kfflow"] = installation.service
    app.extensions["kfflow_installation"] = installation
    app.extensions["kfflow_trials"] = Trials(installation.settings, reference.load, installation.embedded_server)


def _begin() -> None:
    g.request_id = request.headers.get("X-Request-Id", "")[:64] or secrets.token_hex(8)
    g.began_at = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    took = time.perf_counter() - g.get("began_at", time.perf_counter())
    log.info(
        "request",
        method=request.method,
        rule=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
        ms=round(took * 1000, 1),
        request_id=g.get("request_id"),
    )
    return response


def _register_health(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> tuple[dict[str, str], int]:
    """Tell that this process answers; never asks the database."""
    return {"status": "ok"}, 200


def readyz() -> tuple[dict[str, str], int]:
    """Tell whether requests can be served: the database answers and has the schema this code needs."""
    installation = cast("Installation", current_app.extensions["kfflow_installation"])
    try:
        with installation.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        found, needed = schema.current(installation.database), schema.head()
    except SQLAlchemyError:
        return {"status": "unavailable", "reason": "database"}, 503
    if found != needed:
        return {"status": "unavailable", "reason": f"schema {found}, needs {needed}"}, 503
    return {"status": "ready", "schema": str(found)}, 200
