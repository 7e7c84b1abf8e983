"""The web application for gunicorn: `gunicorn "kfflow.wsgi:app()"`, configured by the environment alone."""

from flask import Flask

from kfflow import installation, telemetry
from kfflow.app import create_app
from kfflow.settings import from_environment


def app() -> Flask:
    """Assemble an installation whose workers run elsewhere."""
    settings = from_environment()
    telemetry.configure(settings.log_level)
    made = create_app(installation.assemble(settings))
    installation.settle()
    return made
