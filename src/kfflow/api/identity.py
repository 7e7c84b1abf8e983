"""Who one is: the account behind a request, and access tokens for client programs."""

import orjson
from flask import Response, request

from kfflow.api import problems, tokens
from kfflow.api.authentication import service
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Nothing
from kfflow.errors import KfflowError, NotAuthenticated
from kfflow.persistence.tables import Account
from kfflow.service import accounts
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context

operations = Operations("Authentication")


class Me(Answer):
    """The account that sends the request."""

    username: str
    display_name: str
    email: str | None
    authorized_components: list[str]
    tenants: list[dict[str, str]]
    groups: list[str]
    roles: list[str]
    sales_plan_type: str | None
    c8_links: dict[str, str]
    can_logout: bool


@operations.get("/authentication/me", "Who I am", Me)
def me(ctx: Context, call: Call[Nothing]) -> Me:
    account = ctx.session.get_one(Account, call.actor.username)
    return Me(
        username=account.username,
        display_name=account.name,
        email=account.email,
        authorized_components=["*"],
        tenants=[{"tenantId": "<default>", "name": "Default", "description": ""}],
        groups=sorted(account.groups),
        roles=sorted(account.roles),
        sales_plan_type=None,
        c8_links={},
        can_logout=account.kind == "person",
    )


def token() -> Response:
    """Give a client program an access token for its id and secret (RFC 6749 §4.4)."""
    try:
        if request.form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", "grant_type must be client_credentials")
        return _issue(*_credentials())
    except KfflowError:
        response = _refused(401, "invalid_client", "unknown client or wrong secret")
        response.headers["WWW-Authenticate"] = problems.CHALLENGE
        return response
    except Exception as error:  # noqa: BLE001 - the last resort of the edge: logged, and told without detail
        return problems.render_unexpected(error)


def _credentials() -> tuple[str, str]:
    """Give client id and secret from the form, or from HTTP basic (RFC 6749 §2.3.1)."""
    given = request.authorization
    if given is not None and given.type == "basic":
        return given.username or "", given.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _issue(client_id: str, secret: str) -> Response:
    """A wrong secret is counted in its own transaction, so it is raised only after the commit."""
    access = None
    if "\0" in client_id:
        raise NotAuthenticated
    with service().command(SYSTEM) as ctx:
        try:
            account = accounts.authenticate(ctx.session, client_id, secret, at=ctx.at)
            access = tokens.issue(account.username, ctx.at) if account.kind == "client" else None
        except NotAuthenticated:
            access = None
    if access is None:
        raise NotAuthenticated
    lifetime = int(tokens.LIFETIME.total_seconds())
    return _json(200, {"access_token": access, "token_type": "Bearer", "expires_in": lifetime})


def _refused(status: int, error: str, description: str) -> Response:
    return _json(status, {"error": error, "error_description": description})


def _json(status: int, content: dict[str, object]) -> Response:
    response = Response(orjson.dumps(content), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
