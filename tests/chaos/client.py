"""A client of the API over real HTTP: one connection a request, nothing retried unless asked to."""

import base64
import http.client
import itertools
import json
import threading
import time
import urllib.parse
from collections.abc import Sequence

from kfflow.demo.accounts import CLIENT_ID, CLIENT_SECRET, PASSWORD

Reply = tuple[int, object]


class Unreachable(Exception):
    """The server did not answer: whether it acted is not known."""


class Client:
    """Speaks to one web process as one account."""

    def __init__(self, address: str, authorization: str | None = None) -> None:
        self.address = address
        self.authorization = authorization

    def get(self, path: str) -> Reply:
        return self.request("GET", path)

    def post(self, path: str, body: object | None = None, *, key: str | None = None) -> Reply:
        content = json.dumps({} if body is None else body).encode()
        return self.request("POST", path, content, "application/json", key=key)

    def request(
        self, method: str, path: str, content: bytes | None = None, media_type: str | None = None, *, key=None
    ) -> Reply:
        given = {"Content-Type": media_type, "Authorization": self.authorization, "Idempotency-Key": key}
        headers = {name: value for name, value in given.items() if value is not None}
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            return response.status, _parsed(response.read())
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable(str(problem)) from problem
        finally:
            connection.close()

    def token(self) -> str:
        """Log in as the client program; gives the Authorization header of later requests."""
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        content = urllib.parse.urlencode(form).encode()
        status, body = self.request("POST", "/oauth/token", content, "application/x-www-form-urlencoded")
        assert status == 200, body
        return f"Bearer {body['access_token']}"

    def deploy(self, name: str, source: bytes) -> object:
        edge = "kfflow-part"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="resources"; filename="{name}"\r\n\r\n'
        content = head.encode() + source + f"\r\n--{edge}--\r\n".encode()
        status, body = self.request("POST", "/v2/deployments", content, f"multipart/form-data; boundary={edge}")
        assert status == 200, body
        return body


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")


def basic(username: str) -> str:
    """Give the Authorization header of a demo login."""
    return "Basic " + base64.b64encode(f"{username}:{PASSWORD}".encode()).decode()


class Balancer:
    """Several web processes behind one name: the next one for every request, and again when one does not answer."""

    def __init__(self, addresses: Sequence[str], authorization: str) -> None:
        self.clients = [Client(address, authorization) for address in addresses]
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self.retried = 0

    def next(self) -> Client:
        with self._lock:
            return self.clients[next(self._turn) % len(self.clients)]

    def post(self, path: str, body: object | None = None, *, key: str | None = None, within: float = 60.0) -> Reply:
        """Send until somebody answers; only a request with a key, or one that changes nothing, may be sent so."""
        end = time.monotonic() + within
        while True:
            try:
                status, answer = self.next().post(path, body, key=key)
            except Unreachable:
                status, answer = 0, None
            if status not in (0, 502, 503) or time.monotonic() > end:
                return status, answer
            self.retried += 1
            time.sleep(0.1)
