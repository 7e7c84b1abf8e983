"""A letter that nothing has stored yet, shown in the browser's own viewer."""

from flask import Response, make_response

from kfflow.service.letters import Made

SHOWN_AS_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For a PDF of ours: the browser's own viewer, which styles its page inline, and nothing else."""


def shown(made: Made) -> Response:
    response = make_response(made.content)
    response.headers["Content-Type"] = made.media_type
    response.headers["Content-Disposition"] = 'inline; filename="kladde.pdf"'
    response.headers["Content-Security-Policy"] = SHOWN_AS_PDF
    return response
