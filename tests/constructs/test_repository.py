"""Repositories: fixed tags, encrypted, scanned, emptied, and open to whom they name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.ecr.config import (
    RegistryScanningConfig,
    RepositoriesConfig,
    RepositoryConfig,
)
from platform_lib.ecr.registry_scanning import RegistryScanning
from platform_lib.ecr.repositories import Repositories
from platform_lib.ecr.repository import Repository
from platform_lib.environment import Account, Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.template import Template, policy
from tests.constructs.ecs_shop import Shop, container

OTHER = "222222222222"
THIRD = "333333333333"
PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
PUSH = (
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
CHANGE = ("ecr:BatchDeleteImage", "ecr:DeleteRepository", "ecr:SetRepositoryPolicy")


def _key(stack: PlatformStack) -> Key:
    return Key(stack, "Images", config=KeyConfig(description="Images"))


def _repository(stack: PlatformStack, **config: Any) -> Repository:
    given = RepositoryConfig(name="checkout/api", **config)
    return Repository(stack, "Api", config=given, key=_key(stack))


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_images_go_only_where_destroying_is_allowed(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """ECR itself refuses to delete a repository with images, and so does Terraform."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    _repository(stack)

    repository = Template(stack).only("aws_ecr_repository")
    assert repository["force_delete"] is allow_destroy
    assert repository.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})


def test_tags_stay_images_are_scanned_and_our_key_encrypts_them(stack: PlatformStack) -> None:
    """None of it is an option."""
    _repository(stack)

    repository = Template(stack).only("aws_ecr_repository")
    assert repository["name"] == "checkout/api"
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}
    assert repository["encryption_configuration"] == [
        {"encryption_type": "KMS", "kms_key": "${aws_kms_key.Images_2D38C313.arn}"}
    ]


def test_old_images_expire(stack: PlatformStack) -> None:
    """Of this repository, as its configuration says."""
    _repository(stack, keep_tagged={"*": 50}, untagged_days=3)

    block = Template(stack).only("aws_ecr_lifecycle_policy")
    rules = policy(block)["rules"]
    assert block["repository"].startswith("${aws_ecr_repository.Api_")
    assert [rule["selection"]["countNumber"] for rule in rules] == [3, 50]


def test_ecs_takes_it_as_it_is(stack: PlatformStack) -> None:
    """A task runs its image, and what starts the task pulls that and no other."""
    shop = Shop(stack)
    config = RepositoriesConfig(images=("checkout/api", "checkout/admin"))
    repositories = Repositories(stack, "Images", config=config, key=shop.key)

    shop.task("Task", repositories=dict(repositories.of("shop-prod")))

    access = Access.of(Template(stack))
    role = access.arn("Task/TaskExecution")
    pulled = [
        image
        for image in ("Api", "Admin")
        if access.evaluate(Request(role, PULL[1], access.arn(f"Checkout{image}"))).allowed
    ]
    assert pulled == ["Api"]
    assert container(stack)["image"].startswith("${aws_ecr_repository.Images_CheckoutApi_")


def test_two_repositories_cannot_have_one_name(stack: PlatformStack) -> None:
    """AWS would refuse the second in the middle of an apply."""
    first = _repository(stack)

    with pytest.raises(PlatformError, match="the name 'checkout/api' is taken by") as refused:
        Repository(stack, "Again", config=RepositoryConfig(name=first.name), key=_key_of(stack))

    assert str(refused.value).endswith("[NameTaken]")


def _key_of(stack: PlatformStack) -> Key:
    return Key(stack, "Second", config=KeyConfig(description="Second"))


def test_nobody_else_pulls_by_default(stack: PlatformStack) -> None:
    """Without others there is no policy, and the roles of its account need a grant."""
    _repository(stack)

    assert Template(stack).count("aws_ecr_repository_policy") == 0


def test_a_policy_names_no_resource(stack: PlatformStack) -> None:
    """ECR refuses one: the policy speaks of what it is attached to."""
    _repository(
        stack,
        pull_account_ids=(OTHER,),
        pull_organization_id="o-a1b2c3d4e5",
        lambda_account_ids=(OTHER,),
    )

    statements = policy(Template(stack).only("aws_ecr_repository_policy"))["Statement"]

    assert {it["Sid"] for it in statements} == {"AccountsPull", "OrganizationPulls", "LambdaPulls"}
    assert all("Resource" not in it for it in statements)


class TestWhoElsePulls:
    """A repository's policy lets the named pull, and nobody push."""

    @pytest.fixture
    def access(self, stack: PlatformStack) -> Access:
        """Return what the policies of a repository that another account pulls from allow."""
        _repository(stack, pull_account_ids=(OTHER,), lambda_account_ids=(OTHER,))
        Repository(stack, "Admin", config=RepositoryConfig(name="admin"), key=_key_of(stack))
        return Access.of(Template(stack))

    @pytest.mark.parametrize(
        ("who", "action", "expected"),
        [
            *((OTHER, action, True) for action in PULL),
            *((OTHER, action, False) for action in (*PUSH, *CHANGE)),
            *((THIRD, action, False) for action in PULL),
        ],
    )
    def test_an_account(self, access: Access, who: str, action: str, *, expected: bool) -> None:
        """Its root stands for what its own policies then decide."""
        root = f"arn:aws:iam::{who}:root"

        verdict = access.evaluate(Request(root, action, access.arn("Api")))

        assert verdict.allowed is expected, verdict.reason

    def test_not_from_another_repository(self, access: Access) -> None:
        """Being let into one is being let into one."""
        root = f"arn:aws:iam::{OTHER}:root"

        assert not access.evaluate(Request(root, PULL[1], access.arn("Admin"))).allowed

    @pytest.mark.parametrize(
        ("function", "action", "expected"),
        [
            (f"arn:aws:lambda:us-east-1:{OTHER}:function:a", "ecr:BatchGetImage", True),
            (f"arn:aws:lambda:us-east-1:{OTHER}:function:a", "ecr:GetDownloadUrlForLayer", True),
            (f"arn:aws:lambda:us-east-1:{OTHER}:function:a", "ecr:PutImage", False),
            (f"arn:aws:lambda:us-east-1:{THIRD}:function:a", "ecr:BatchGetImage", False),
            (f"arn:aws:lambda:eu-west-1:{OTHER}:function:a", "ecr:BatchGetImage", False),
            (f"arn:aws:s3:us-east-1:{OTHER}:function:a", "ecr:BatchGetImage", False),
            (None, "ecr:BatchGetImage", False),
        ],
    )
    def test_lambda(
        self, access: Access, function: str | None, action: str, *, expected: bool
    ) -> None:
        """Only for functions of the named accounts in the same Region."""
        context = {} if function is None else {"aws:SourceArn": function}

        verdict = access.evaluate(
            Request("lambda.amazonaws.com", action, access.arn("Api"), context)
        )

        assert verdict.allowed is expected, verdict.reason


@pytest.mark.parametrize(
    ("organization", "expected"), [("o-a1b2c3d4e5", True), ("o-other00000", False), (None, False)]
)
def test_an_organization_pulls(
    stack: PlatformStack, organization: str | None, *, expected: bool
) -> None:
    """Whoever is in it, and nobody without proof of that."""
    _repository(stack, pull_organization_id="o-a1b2c3d4e5")
    access = Access.of(Template(stack))
    context = {} if organization is None else {"aws:PrincipalOrgID": organization}
    root = f"arn:aws:iam::{OTHER}:root"

    pulls = access.evaluate(Request(root, "ecr:BatchGetImage", access.arn("Api"), context))
    pushes = access.evaluate(Request(root, "ecr:PutImage", access.arn("Api"), context))

    assert pulls.allowed is expected, pulls.reason
    assert not pushes.allowed


class TestGrants:
    """A role does what it was given, with this repository."""

    @pytest.fixture
    def access(self, stack: PlatformStack) -> Access:
        """Return what a role that pulls, one that pushes and one with nothing may do."""
        repository = _repository(stack)
        Repository(
            stack, "Admin", config=RepositoryConfig(name="checkout/api-admin"), key=_key_of(stack)
        )
        puller, pusher, _ = (
            Role(stack, id, service="ecs-tasks.amazonaws.com", description=id)
            for id in ("Puller", "Pusher", "Nobody")  # noqa: A001 - the framework's name
        )
        repository.grants.pull(puller)
        repository.grants.push(pusher)
        return Access.of(Template(stack))

    @pytest.mark.parametrize(
        ("role", "allowed"),
        [("Puller", set(PULL)), ("Pusher", {*PULL, *PUSH}), ("Nobody", set())],
    )
    def test_may(self, access: Access, role: str, allowed: set[str]) -> None:
        """Exactly that, and with no other repository."""
        done = {
            (action, repository)
            for action in (*PULL, *PUSH, *CHANGE)
            for repository in ("Api", "Admin")
            if access.evaluate(Request(access.arn(role), action, access.arn(repository))).allowed
        }

        assert done == {(action, "Api") for action in allowed}

    @pytest.mark.parametrize(
        ("role", "expected"), [("Puller", True), ("Pusher", True), ("Nobody", False)]
    )
    def test_signs_in(self, access: Access, role: str, *, expected: bool) -> None:
        """The registry knows no repositories when somebody signs in."""
        request = Request(access.arn(role), "ecr:GetAuthorizationToken", "*")

        assert access.evaluate(request).allowed is expected

    @pytest.mark.parametrize("role", ["Puller", "Pusher"])
    def test_needs_nothing_on_the_key(self, access: Access, role: str) -> None:
        """ECR encrypts and decrypts by its own grants, so the key opens nothing else to them."""
        key = access.arn("Images")

        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            assert not access.evaluate(Request(access.arn(role), action, key)).allowed


def test_the_account_can_make_the_grants_that_ecr_needs(stack: PlatformStack) -> None:
    """The key's policy lets who applies give ECR the key, if its own policy does."""
    _repository(stack)
    access = Access.of(Template(stack))
    root = f"arn:aws:iam::{stack.account.id}:root"

    for action in ("kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"):
        assert access.evaluate(Request(root, action, access.arn("Images"))).allowed


def _names(template: Template) -> set[str]:
    return {block["name"] for block in template.all("aws_ecr_repository").values()}


def _repositories(stack: PlatformStack, **config: Any) -> Repositories:
    return Repositories(stack, "Checkout", config=RepositoriesConfig(**config), key=_key(stack))


class TestRepositories:
    """All at once, in the account's stack, in one of two shapes."""

    def test_each_environment_has_its_own(self, account: Account, tmp_path: Path) -> None:
        """The product of environments and images, with what they have in common."""
        stack = stack_of(account, tmp_path, "foundation")

        made = _repositories(
            stack,
            environments=("dev", "stg", "prod"),
            images=("backend", "frontend"),
            untagged_days=14,
            pull_account_ids=(OTHER,),
        )

        template = Template(stack)
        names = {f"{env}/{image}" for env in ("dev", "stg", "prod") for image in made.of("dev")}
        assert _names(template) == names == set(made.by_name)
        assert template.count("aws_ecr_repository_policy") == len(names)
        for block in template.all("aws_ecr_lifecycle_policy").values():
            assert policy(block)["rules"][0]["selection"]["countNumber"] == 14

    def test_environments_can_share_them(self, account: Account, tmp_path: Path) -> None:
        """One for each image, whichever environment asks."""
        stack = stack_of(account, tmp_path, "foundation")

        made = _repositories(stack, images=("checkout/api", "storefront"))

        assert _names(Template(stack)) == {"checkout/api", "storefront"} == set(made.by_name)
        assert made.of("dev")["checkout/api"] is made.of("prod")["checkout/api"]

    def test_an_environment_has_no_other_ones(self, stack: PlatformStack) -> None:
        """So a service names its image, and gets that of its own environment."""
        made = _repositories(stack, environments=("dev", "prod"), images=("api",))

        assert made.of("dev")["api"].name == "dev/api"
        assert made.of("prod")["api"].name == "prod/api"

    def test_an_environment_without_is_refused(self, stack: PlatformStack) -> None:
        """The sentence says where to add it."""
        made = _repositories(stack, environments=("dev", "prod"), images=("api",))

        with pytest.raises(PlatformError) as refused:
            made.of("stg")

        assert str(refused.value).endswith(
            "environment 'stg' has no repositories, and dev, prod have their own; add 'stg' to"
            " environments [NoRepositories]"
        )

    def test_one_more_touches_no_other(self, account: Account, tmp_path: Path) -> None:
        """Ids follow from names, not from places in a list."""
        before = stack_of(account, tmp_path / "a", "foundation")
        after = stack_of(account, tmp_path / "b", "foundation")

        _repositories(before, environments=("prod",), images=("api",))
        _repositories(after, environments=("dev", "prod"), images=("admin", "api"))

        old = Template(before).all("aws_ecr_repository")
        new = Template(after).all("aws_ecr_repository")
        assert {name: new[name] for name in old} == old
        assert len(new) == 4

    def test_names_that_would_run_together_stay_apart(self, stack: PlatformStack) -> None:
        """Environment ``a-b`` with image ``c``, and ``a`` with ``b-c``."""
        _repositories(stack, environments=("aa-b", "aa"), images=("cc", "b-cc"))

        assert _names(Template(stack)) == {"aa-b/cc", "aa-b/b-cc", "aa/cc", "aa/b-cc"}


@pytest.mark.parametrize(
    ("mode", "kind", "frequency"),
    [("enhanced", "ENHANCED", "CONTINUOUS_SCAN"), ("basic", "BASIC", "SCAN_ON_PUSH")],
)
def test_an_account_scans_every_image(
    account: Account, tmp_path: Path, mode: str, kind: str, frequency: str
) -> None:
    """Again and again with Inspector, once without it."""
    stack = stack_of(account, tmp_path, "foundation")
    config = RegistryScanningConfig.model_validate({"mode": mode})

    RegistryScanning(stack, "Scanning", config=config)

    assert Template(stack).only("aws_ecr_registry_scanning_configuration") == {
        "scan_type": kind,
        "rule": [
            {
                "scan_frequency": frequency,
                "repository_filter": [{"filter": "*", "filter_type": "WILDCARD"}],
            }
        ],
    }
