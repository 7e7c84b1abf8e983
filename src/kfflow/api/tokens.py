"""Access tokens of client programs: signed JSON Web Tokens that say who, and until when."""

from datetime import datetime, timedelta

from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

LIFETIME = timedelta(hours=1)
ISSUER = "kfflow"
AUDIENCE = "kfflow-api"
ALGORITHM = "HS256"


def _key() -> OctKey:
    return OctKey.import_key(f"access-token/{current_app.config['SECRET_KEY']}")


def issue(username: str, at: datetime) -> str:
    """Give a token for an account, good from `at` for one hour."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": username,
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt"}, claims, _key(), algorithms=[ALGORITHM])


def find_subject(token: str, at: datetime) -> str | None:
    """Give whose token it is; None when it is forged, foreign or over."""
    try:
        claims = jwt.decode(token, _key(), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        return None
    ours = claims.get("iss") == ISSUER and claims.get("aud") == AUDIENCE
    expires = claims.get("exp")
    alive = isinstance(expires, int) and expires > at.timestamp()
    subject = claims.get("sub")
    return subject if ours and alive and isinstance(subject, str) else None
