"""What an installation sets, read once from the environment at the composition root.

Every setting has a default that is right for the embedded installation; `KFFLOW_SECRET_KEY` and
`KFFLOW_DATABASE_URL` are to be given for production.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from kfflow.errors import InvalidInput

LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation.

    `data_dir` holds the embedded database and what it needs; `database_url` points at another server instead.
    `broker_url` names the bell's broker; without one, the worker in this process finds its work by itself.
    `klientsystem_url` is where the client system answers; without one the adapter is off. `reconcile_at` is the time
    of day from which both sides are compared. `publish_alone` lets who drew a draft publish it, which takes a colleague
    otherwise (four eyes): for a small installation, or for development.
    """

    data_dir: Path = Path("var")
    database_url: str | None = None
    broker_url: str | None = None
    secret_key: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    demo: bool = False
    secure_cookies: bool = False
    agency: str = "Danmarks Fængsler"
    zone: str = "Europe/Copenhagen"
    bpmn_dir: Path = Path("bpmn")
    workflows_dir: Path = Path("workflows")
    log_level: str = "INFO"
    klientsystem_url: str | None = None
    reconcile_at: time = time(5, 15)
    publish_alone: bool = False


def _flag(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes", "ja", "on"}


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `KFFLOW_*`; a number, address or zone that is none raises InvalidInput naming the variable."""
    env = os.environ if environment is None else environment
    defaults = Settings()
    return Settings(
        data_dir=Path(env.get("KFFLOW_DATA_DIR", str(defaults.data_dir))),
        database_url=_address(env, "KFFLOW_DATABASE_URL"),
        broker_url=env.get("KFFLOW_BROKER_URL") or None,
        secret_key=env.get("KFFLOW_SECRET_KEY", ""),
        host=env.get("KFFLOW_HOST", defaults.host),
        port=_port(env, "KFFLOW_PORT", defaults.port),
        demo=_flag(env.get("KFFLOW_DEMO", "")),
        secure_cookies=_flag(env.get("KFFLOW_SECURE_COOKIES", "")),
        agency=env.get("KFFLOW_AGENCY", defaults.agency),
        zone=_zone(env, "KFFLOW_ZONE", defaults.zone),
        bpmn_dir=Path(env.get("KFFLOW_BPMN_DIR", str(defaults.bpmn_dir))),
        workflows_dir=Path(env.get("KFFLOW_WORKFLOWS_DIR", str(defaults.workflows_dir))),
        log_level=env.get("KFFLOW_LOG_LEVEL", defaults.log_level),
        klientsystem_url=_web_address(env, "KFFLOW_KLIENTSYSTEM_URL"),
        reconcile_at=_time(env, "KFFLOW_RECONCILE_AT", defaults.reconcile_at),
        publish_alone=_flag(env.get("KFFLOW_PUBLISH_ALONE", "")),
    )


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        wanted = f"1-{LAST_PORT}"
        raise InvalidInput(f"{name} skal være et tal {wanted}, ikke {text!r}", f"{name} must be {wanted}, not {text!r}")
    return int(text)


def _time(env: Mapping[str, str], name: str, default: time) -> time:
    text = env.get(name, "")
    if not text:
        return default
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        da, en = f"{name} skal være et klokkeslæt som 05:15, ikke {text!r}", f"{name} must be a time such as 05:15"
        raise InvalidInput(da, f"{en}, not {text!r}") from None


def _address(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name, "")
    if text and not text.startswith("postgresql://"):
        raise InvalidInput(f"{name} skal begynde med postgresql://", f"{name} must begin with postgresql://")
    return text or None


def _web_address(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name, "")
    if text and not text.startswith(("http://", "https://")):
        raise InvalidInput(
            f"{name} skal begynde med https:// eller http://", f"{name} must begin with https:// or http://"
        )
    return text or None


def _zone(env: Mapping[str, str], name: str, default: str) -> str:
    zone = env.get(name, default)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(f"{name}: tidszonen {zone!r} kendes ikke", f"{name}: no time zone {zone!r}") from None
    return zone


def secret_of(settings: Settings) -> str:
    """Give the key that signs cookies and tokens; the embedded installation keeps its own in `data_dir`."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
