"""The headers every page carries: nothing from elsewhere, nothing framed, nothing kept."""

from flask import Response, request

STRICT = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
DRAWN = f"{STRICT}; style-src 'self' 'unsafe-inline'"
"""For pages with a diagram: bpmn-js sets styles on what it draws."""

DRAWING_PAGES = frozenset({"web.designer", "web.case"})


def protect(response: Response) -> Response:
    """Add the headers to a page of ours; the API's own answers are left as they are."""
    policy = DRAWN if request.endpoint in DRAWING_PAGES else STRICT
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
