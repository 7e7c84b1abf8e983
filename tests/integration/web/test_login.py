"""Logging in: the cookie, its life, what is said to strangers, and the language."""

from datetime import timedelta

import pytest

from kfflow.demo.accounts import PASSWORD
from kfflow.web import login, visitor
from tests.integration.web import visiting


def attempt(client, username, password, **more):
    token = visiting.token_of(client.get("/login").text)
    return client.post("/login", data={"username": username, "password": password, "csrf_token": token, **more})


def test_the_cookie_is_closed_to_scripts_and_other_sites(client):
    cookies = attempt(client, "sagsbehandler", PASSWORD).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith(visitor.COOKIE))
    assert ("HttpOnly" in session, "SameSite=Lax" in session, "Path=/" in session) == (True, True, True)


def test_unknown_names_and_wrong_passwords_read_the_same(client):
    answers = [attempt(client, name, "forkert-adgangskode") for name in ("findes-ikke", "sagsbehandler")]
    texts = [answer.text.split('role="alert">')[1].split("<")[0] for answer in answers]
    assert ([answer.status_code for answer in answers], texts[0]) == ([401, 401], texts[1])


def test_each_login_gets_a_new_session(client):
    attempt(client, "sagsbehandler", PASSWORD)
    first = client.get_cookie(visitor.COOKIE).value
    client.delete_cookie(visitor.COOKIE)
    attempt(client, "sagsbehandler", PASSWORD)
    assert client.get_cookie(visitor.COOKIE).value != first


@pytest.mark.parametrize("minutes", [31, 13 * 60])
def test_a_session_left_alone_ends(client, clock, minutes):
    visiting.log_in(client, "sagsbehandler")
    clock.at += timedelta(minutes=minutes)
    assert client.get("/indbakke").status_code == 303


def test_logging_out_ends_the_session_on_the_server(client):
    token = visiting.log_in(client, "sagsbehandler")
    secret = client.get_cookie(visitor.COOKIE).value
    client.post("/logout", data={"csrf_token": token})
    client.set_cookie(visitor.COOKIE, secret)
    assert client.get("/indbakke").status_code == 303


@pytest.mark.parametrize("wanted", ["https://ond.dk/", "//ond.dk", "/\\ond.dk", "javascript:alert(1)"])
def test_one_is_never_sent_to_another_site(client, wanted):
    assert attempt(client, "sagsbehandler", PASSWORD, next=wanted).location == "/"


def test_the_language_stays_with_the_account(client, app):
    token = visiting.log_in(client, "sagsbehandler")
    client.post("/sprog", data={"language": "en", "csrf_token": token})
    other = app.test_client()
    visiting.log_in(other, "sagsbehandler")
    page = other.get("/indbakke").text
    assert ('<html lang="en">' in page, "Inbox" in page, "Indbakke" in page) == (True, True, False)


def test_the_demos_password_is_the_one_shown():
    assert login.DEMO_PASSWORD == PASSWORD


def test_pages_carry_the_headers_that_keep_others_out(client):
    headers = client.get("/login").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
