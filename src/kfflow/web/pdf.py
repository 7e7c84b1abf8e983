"""A letter that nothing has stored yet, shown in the browser's own viewer."""

from flask import Response, make_response

from kfflow.service.letters import PDF

SHOWN_AS_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For a PDF of ours: the browser's own viewer, which styles its page inline, and nothing else."""


def shown(content: bytes, name: str = "kladde.pdf") -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = PDF
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = SHOWN_AS_PDF
    return response
