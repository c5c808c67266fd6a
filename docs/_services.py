"""Tables about services: their kinds, the variables that they get, and the images that they run."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from docs._tables import prose, table
from environments.checkout import base
from platform_lib._docstrings import meaning
from platform_lib.ecs.images import ImageOwner
from platform_lib.services import config
from platform_lib.services.config import HOSTS_VARIABLE, Service, WebService
from platform_lib.services.uses import SMTP_VARIABLES, Uses
from services import checkout

SERVICES: Mapping[str, Service] = checkout.SERVICES

_SINGULAR = {
    "databases": "database",
    "caches": "cache",
    "brokers": "broker",
    "buckets": "bucket",
    "tables": "table",
    "email": "the first sender",
}


def kinds() -> str:
    """List the kinds of services with the first sentence about each."""
    rows = (
        (f"`{kind.__name__}`", prose((inspect.getdoc(kind) or "").split("\n\n")[0]))
        for kind in get_args(config.Service)
    )
    return table(("kind", "what it is"), rows)


def defaults() -> str:
    """List what each field of a service gives by default: variable, value, where to change it."""
    return table(("field", "variable", "what it gets", "to call it otherwise"), _defaults())


def _defaults() -> Iterator[tuple[str, str, str, str]]:
    for name, field in Uses.model_fields.items():
        use = _use_in(field.annotation)
        if use is None or "variable" not in use.model_fields:
            continue
        variable = use.model_fields["variable"]
        shown = f"`{variable.default}`" if variable.default else "*follows from the name*"
        got = prose(meaning(use, "variable")).removeprefix("Gets ")
        changed = f"`{use.__name__}(variable=...)`"
        yield f"`{name}`", shown, f"{got[:1].upper()}{got[1:]}", changed
    smtp = ", ".join(f"`{it}`" for it in SMTP_VARIABLES)
    yield "`email` with `smtp`", smtp, "What the SMTP user signs in with, and where.", "no"
    yield (
        "`secrets`",
        "*named there*",
        "The secret's value, or one key of its JSON.",
        "its name there",
    )
    yield "`addresses`", "*named there*", "The text, with the domain put in.", "its name there"
    hosts = "The hosts of the route, separated by commas."
    yield "`route`", f"`{HOSTS_VARIABLE}`", hosts, "no"


def _use_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside a field's annotation that says how something is used."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (
        get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    )
    found = (_use_in(it) for it in inner)
    return next((it for it in found if it is not None), None)


def variables() -> str:
    """List the variables of every service of the checkout, with what each is from."""
    rows = (
        (f"`{name}`", _listed(service, plain=True), _listed(service, plain=False))
        for name, service in SERVICES.items()
    )
    return table(("service", "values in the task definition", "values that ECS reads"), rows)


def _listed(service: Service, *, plain: bool) -> str:
    found = variables_of(service).items()
    return "<br>".join(f"`{it}`: {source}" for it, (source, shown) in found if shown is plain)


def variables_of(service: Service) -> dict[str, tuple[str, bool]]:
    """Return what a container gets: what each variable is from, and whether it is in plain text."""
    found = dict.fromkeys(service.task.container.environment, ("its own", True))
    if isinstance(service, WebService) and service.route is not None:
        found[HOSTS_VARIABLE] = ("the route's hosts", True)
    for variable, source in service.injected():
        field, _, rest = source.partition("[")
        name = rest.strip("]'")
        plain = field in ("buckets", "tables", "email", "addresses")
        found[variable] = (
            f"`{service.secrets[name]}`"
            if field == "secrets"
            else f"`{service.addresses[name]}`"
            if field == "addresses"
            else f"{_SINGULAR[field]} `{name}`".removesuffix(" ``"),
            plain and variable not in SMTP_VARIABLES,
        )
    return found


def secrets() -> str:
    """List the secrets of the checkout, who makes their values, and which services get them."""
    used: dict[str, list[str]] = {name: [] for name in base.SECRETS}
    for name, service in SERVICES.items():
        for secret in dict.fromkeys(it.partition(":")[0] for it in service.secrets.values()):
            used[secret].append(f"`{name}`")
    rows = (
        (
            f"`{name}`",
            secret.description,
            "a person" if secret.generated is None else "the first apply",
            ", ".join(used[name]),
        )
        for name, secret in base.SECRETS.items()
    )
    return table(("secret", "what it is", "who makes the value", "services"), rows)


def images() -> str:
    """List the Terraform variables that say which images run, and what moves with each."""
    found: dict[str, tuple[str, list[str]]] = {}
    for name, service in SERVICES.items():
        image = service.task.container.image
        if image.owner is ImageOwner.TERRAFORM:
            found.setdefault(image.variable_name, (image.repository, []))[1].append(f"`{name}`")
    rows = (
        (f"`TF_VAR_{variable}`", f"`{repository}`", ", ".join(names))
        for variable, (repository, names) in sorted(found.items())
    )
    return table(("environment variable", "repository", "services"), rows)
