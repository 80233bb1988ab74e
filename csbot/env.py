"""The environment: every variable with its type, range and meaning. Works with none set.

A wrong value is refused at start with its name. `.env.example` and the table in the README are generated from here
(`manage.py write_env_docs`) and a test compares them.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parent.parent
SOCKET_PATH_LIMIT = 100


def data_dir_from_environment() -> Path:
    """Read before everything else: secrets, database and .env live there. Default: ./.data of the checkout."""
    return Path(os.environ.get("CSBOT_DATA_DIR") or BASE_DIR / ".data").expanduser().resolve()


def socket_path_of(data_dir: Path) -> Path:
    """Where the Valkey of `up` listens. The kernel takes 107 bytes; a deeper folder gets a short path of this user's own."""
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"csbot-{os.getuid()}-{digest}" / "valkey.sock"


def operators_language(environment: Mapping[str, str]) -> str:
    """What commands speak at the shell: Chinese where its locale is Chinese."""
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "zh-hans" if locale.startswith("zh") else "en"


def models_dir_default() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "csbot" / "models"


def _(text: str) -> str:
    """Marks a text for translation; Django's own mark wants the settings, which are made from here."""
    return text


class Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CSBOT_", env_file=BASE_DIR / ".env", extra="ignore", populate_by_name=True)

    models_dir: Path = Field(default_factory=models_dir_default, description=_("Where models are kept; shared between checkouts."))
    secret_key: str = Field("", description=_("Signing key. Empty: created on first start, kept in the data folder with mode 600."))
    debug: bool = Field(False, description=_("Django's debug pages. Never in production."))
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        ["localhost", "127.0.0.1", "[::1]"], description=_("Host names that the web process answers to, with commas.")
    )
    public_url: str = Field("", description=_("The address that visitors' browsers use, such as https://chat.example.com. Empty: from the request."))
    database_url: str = Field("", validation_alias="DATABASE_URL", description=_("postgres://… for production. Empty: SQLite in the data folder."))
    redis_url: str = Field(
        "", validation_alias="REDIS_URL", description=_("redis://… or unix://… of Redis 7 or Valkey. Empty: the Valkey that `up` starts.")
    )
    redis_prefix: str = Field(
        "csbot", pattern=r"^[a-z0-9_.-]+$", description=_("Prefix of every Redis key, for several installations on one server.")
    )
    storage_url: str = Field("", description=_("Folder that all machines share for snapshot files. Empty: the data folder."))
    port: int = Field(8000, ge=1, le=65535, description=_("Port of the web process that `up` starts."))
    host: str = Field("127.0.0.1", description=_("Address that the web process listens on."))
    engine: Literal["transformers_cb", "generate", "openai_http", "scripted"] = Field(
        "transformers_cb", description=_("Generation backend. `scripted` is a deterministic fake for tests only.")
    )
    generator: str = Field("", description=_("Catalogue name or folder of the generator. Empty: the best of the ladder that is there."))
    sensing: bool = Field(True, description=_("Flag abuse and self-harm also where no listed word stands: warns the agent, calls a person."))
    encoder: str = Field("e5-small", description=_("Catalogue name or folder of the encoder. `hash` is a fake for tests only."))
    openai_url: str = Field("", description=_("Base address of an OpenAI-compatible server, for the engine `openai_http`."))
    openai_key: str = Field("", description=_("Its key."))
    openai_model: str = Field("", description=_("Its model name."))
    max_new_tokens: int = Field(512, ge=1, le=4096, description=_("Longest answer, in tokens."))
    turn_deadline_s: int = Field(60, ge=5, le=600, description=_("Every turn ends within this time after its message was accepted."))
    generation_slots: int = Field(8, ge=1, le=256, description=_("Answers generated at once on one worker."))
    answer_threads: int = Field(4, ge=1, le=64, description=_("Threads of the answers worker."))
    message_limit: int = Field(4000, ge=100, le=20000, description=_("Longest message of a visitor, in characters."))
    messages_per_minute: int = Field(30, ge=1, le=6000, description=_("Messages a visitor may send in a minute."))
    address_messages_per_minute: int = Field(
        300, ge=1, le=60000, description=_("Messages all visitors of one network address may send in a minute; this machine's own has no limit.")
    )
    outbound_allow: Annotated[list[str], NoDecode] = Field(
        [], description=_(
            "host:port of systems that lookups and webhooks may reach although their address is not public, with commas; "
            "company/host:port (the company's short name) for one company alone."
        )
    )
    metrics_token: str = Field(
        "", description=_("What a scraper of /metrics must send as a bearer token. Empty: only operators who are signed in may read them.")
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description=_("Least level that is logged."))
    precision: Literal["auto", "bf16", "fp32", "int8", "int4"] = Field(
        "auto", description=_("The generator's weights. auto: int8 on a processor that multiplies it well, elsewhere as the model is.")
    )
    torch_threads: int = Field(0, ge=0, le=256, description=_("Threads of torch in a worker; 0: the machine's cores."))

    @field_validator("allowed_hosts", "outbound_allow", mode="before")
    @classmethod
    def split_commas(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class SettingRefused(Exception):
    """Names each setting that cannot be used, and why."""


def read_environment() -> Environment:
    """Raises `SettingRefused`."""
    try:
        return Environment()
    except ValidationError as error:
        wrong = [f"{variable_of(str(item['loc'][0]))}={item['input']}: {item['msg']}" for item in error.errors()]
        raise SettingRefused("; ".join(wrong) + ". Mend it in the environment or in .env.") from error


def variable_of(field: str) -> str:
    """The environment variable of a field; pydantic names a field with an alias by the alias."""
    known = Environment.model_fields.get(field)
    if known is None:
        return field
    return known.validation_alias if isinstance(known.validation_alias, str) else f"CSBOT_{field.upper()}"
