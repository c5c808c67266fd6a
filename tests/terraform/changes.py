"""What Terraform does to resources that exist when their configuration is written differently.

One plan of the real provider over as many copies of the resources as there are cases. A copy is a
module: the state has it as the first configuration makes it, and it is configured as its case says.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from platform_lib.environment import Account, Category, Environment, S3State, Tags
from platform_lib.network.config import VpcConfig
from platform_lib.terraform.program import Program
from platform_lib.terraform.providers import choose_source
from platform_lib.testing.template import Block, Template

KEY = "arn:aws:kms:us-east-1:111111111111:key/0a1b2c3d-0000-4000-8000-000000000000"
SCHEMA_VERSIONS = {
    # How the provider writes them to the state; 0 where none is named.
    "aws_db_instance": 2,
    "aws_dynamodb_table": 1,
    "aws_elasticache_replication_group": 2,
    "aws_rds_cluster": 1,
}
SENSITIVE = {
    "aws_db_instance": ("password", "password_wo"),
    "aws_elasticache_replication_group": ("auth_token",),
    "aws_mq_broker": ("user",),
    "aws_rds_cluster": ("master_password", "master_password_wo"),
}
MAPS = ("tags", "tags_all")
"""Arguments that are objects in the state too; a block is a list there."""

Resources = Mapping[str, Block]
"""Arguments, or attributes, of resources by address."""


@dataclass(frozen=True)
class Copy:
    """Resources that exist, and what is written now."""

    exists: Resources
    """Attributes as the state has them."""

    written: Resources
    """Arguments; they may refer to each other."""


@dataclass(frozen=True)
class Verdict:
    """What the plan does to one resource of one copy."""

    actions: list[str]
    changed: set[str]
    forced_by: set[str]


def environment(name: str = "shop-dev", *, allow_destroy: bool = True) -> Environment:
    """Return an environment that may be destroyed: one that may not refuses some of the plans."""
    tags = Tags(owner="platform", cost_center="1000", repository="acme/platform")
    account = Account(
        name="workloads",
        id="111111111111",
        region="us-east-1",
        organization="acme",
        state=S3State(bucket="acme-terraform-state"),
        tags=tags,
        allow_destroy=allow_destroy,
    )
    return Environment(
        name=name,
        account=account,
        category=Category.SANDBOX,
        system="shop",
        region="us-east-1",
        vpc=VpcConfig(
            cidr=IPv4Network("10.10.0.0/16"),
            zones=("a", "b", "c"),
            nat_zones=(),
            endpoints=(),
            flow_logs=None,
        ),
        tags=tags,
        allow_destroy=allow_destroy,
    )


def resources(template: Template, types: Collection[str]) -> dict[str, Block]:
    """Return the resources of some types under addresses without the digests of their paths."""
    found = {f"{kind}.{name}": it for kind in types for name, it in template.all(kind).items()}
    for block in found.values():
        block.pop("depends_on", None)
    text = re.sub(r"\b(aws_\w+\.\w+)_[0-9A-F]{8}\b", r"\1", json.dumps(found))
    plain: dict[str, Block] = json.loads(text)
    return plain


def resolved(value: Any, known: Mapping[str, Any]) -> Any:
    """Return a value with what its references come to, as far as that is known.

    Args:
        value: Arguments, or a part of them.
        known: Values by reference, as in ``aws_kms_key.Data.arn``, or ``aws_kms_key.arn`` for all
            resources of the type.
    """
    if isinstance(value, dict):
        return {name: resolved(it, known) for name, it in value.items()}
    if isinstance(value, list):
        return [resolved(it, known) for it in value]
    if not isinstance(value, str):
        return value
    for match in re.finditer(r"\$\{(?:(\w+)\.(\w+)\.)?([^}]*)\}", value):
        kind, name, attribute = match.groups()
        for reference in (f"{kind}.{name}.{attribute}", f"{kind}.{attribute}", attribute):
            if reference in known:
                if match.group() == value:
                    return known[reference]
                value = value.replace(match.group(), known[reference])
                break
    return value


def existing(blocks: Resources, computed: Mapping[str, Block]) -> dict[str, Block]:
    """Return attributes as the state has them.

    Args:
        blocks: Arguments without references.
        computed: What AWS decides, by type, and where that is not enough by address. An object is
            added to each block of its name.
    """
    attributes = {}
    for address, block in blocks.items():
        kind = address.partition(".")[0]
        decided = {**computed.get(kind, {}), **computed.get(address, {})}
        attributes[address] = {"tags_all": block.get("tags", {}), **decided}
        for name, it in block.items():
            if name == "lifecycle":
                continue
            parts = [it] if isinstance(it, dict) and name not in MAPS else it
            added = decided.get(name)
            if isinstance(added, dict):
                parts = [{**added, **part} for part in parts]
            attributes[address][name] = parts
    return attributes


def plan(
    program: Program,
    environ: dict[str, str],
    folder: Path,
    copies: Mapping[str, Copy],
) -> dict[str, dict[str, Verdict]]:
    """Return what one plan does, by case and address.

    Args:
        program: Terraform.
        environ: Its environment.
        folder: An empty folder.
        copies: The cases.
    """
    modules = {re.sub(r"\W", "_", case): case for case in copies}
    for module, case in modules.items():
        (folder / module).mkdir()
        document = {"resource": _nested(copies[case].written)}
        (folder / module / "main.tf.json").write_text(json.dumps(document))
    exists = {module: copies[case].exists for module, case in modules.items()}
    (folder / "main.tf.json").write_text(json.dumps(_root(modules)))
    (folder / "terraform.tfstate").write_text(json.dumps(_state(exists)))
    variables = choose_source(environ).environment(environ, folder)

    def run(*arguments: str) -> str:
        finished = subprocess.run(
            [program.path, *arguments],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    run("init", "-input=false")
    run("plan", "-input=false", "-refresh=false", "-out=planned")
    verdicts: dict[str, dict[str, Verdict]] = {case: {} for case in copies}
    for it in json.loads(run("show", "-json", "planned"))["resource_changes"]:
        case = modules[it["module_address"].removeprefix("module.")]
        verdicts[case][f"{it['type']}.{it['name']}"] = _verdict(it["change"])
    return verdicts


def done(found: Mapping[str, Verdict], *actions: str) -> dict[str, Verdict]:
    """Return the resources that this and no more is done to, in whatever order."""
    return {
        address: verdict
        for address, verdict in found.items()
        if sorted(verdict.actions) == sorted(actions)
    }


def _nested(blocks: Resources) -> Block:
    nested: Block = {}
    for address, block in blocks.items():
        kind, _, name = address.partition(".")
        nested.setdefault(kind, {})[name] = block
    return nested


def _root(modules: Collection[str]) -> Block:
    return {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}
        },
        "provider": {
            "aws": {
                # Nobody is asked: the plan is made of configuration and state alone.
                "region": "us-east-1",
                "access_key": "none",
                "secret_key": "none",
                "skip_credentials_validation": True,
                "skip_metadata_api_check": "true",
                "skip_region_validation": True,
                "skip_requesting_account_id": True,
            }
        },
        "module": {module: {"source": f"./{module}"} for module in modules},
    }


def _state(exists: Mapping[str, Resources]) -> Block:
    return {
        "version": 4,
        "terraform_version": "1.11.0",
        "serial": 1,
        "lineage": "changes",
        "outputs": {},
        "resources": [
            _instance(module, address, attributes)
            for module, there in exists.items()
            for address, attributes in there.items()
        ],
    }


def _instance(module: str, address: str, attributes: Block) -> Block:
    kind, _, name = address.partition(".")
    hidden = [[{"type": "get_attr", "value": it}] for it in SENSITIVE.get(kind, ())]
    instance = {
        "schema_version": SCHEMA_VERSIONS.get(kind, 0),
        "attributes": attributes,
        "sensitive_attributes": hidden,
    }
    return {
        "module": f"module.{module}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [instance],
    }


def _verdict(change: Block) -> Verdict:
    before, after = change["before"] or {}, change["after"] or {}
    return Verdict(
        change["actions"],
        {name for name in {*before, *after} if before.get(name) != after.get(name)},
        {path[0] for path in change.get("replace_paths", [])},
    )
