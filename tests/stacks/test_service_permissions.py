"""What the roles of the checkout's services may do in every environment: this, and nothing more.

The table below is what each task role is for. What ECS does for a task, the execution role, is
the same for all but for image, log group and secrets.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from platform_lib.environment import Environment
from platform_lib.naming import pascal
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.project import SynthesisedProject

CHECKOUTS = ("checkout-dev", "checkout-stage", "checkout-prod")
OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject")
ITEMS = tuple(
    f"dynamodb:{it}"
    for it in (
        *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "DescribeTable"),
        *("GetItem", "PutItem", "Query", "Scan", "UpdateItem"),
    )
)
WITH_KEY = tuple(
    f"kms:{it}" for it in ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*")
)
WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
SEND = ("ses:SendEmail", "ses:SendRawEmail")
CHANNELS = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
FOLDERS = (
    "category-backgrounds",
    "collection-backgrounds",
    "export_files",
    "invoices",
    "products",
    "thumbnails",
    "user-avatars",
)

DATABASE, CACHE = "PlatformDatabase{}Credential/Secret", "SharedCache/Users/{}Credential/Secret"
BROKER = "JobsBrokerCredential/Secret"
SALEOR = (
    DATABASE.format("Saleor"),
    CACHE.format("Saleor"),
    "Secrets/SaleorSecretKey",
    "Secrets/SaleorJwtKey",
)
ECS_READS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # service: image, secrets that ECS reads when a task starts
    "SaleorApi": ("Saleor", (*SALEOR, BROKER, "Secrets/AvataxCredentials")),
    "SaleorWorker": ("Saleor", (*SALEOR, BROKER)),
    "SaleorBeat": ("Saleor", (*SALEOR, BROKER)),
    "SaleorMigration": ("Saleor", SALEOR),
    "Fundgate": (
        "Fundgate",
        (DATABASE.format("Fundgate"), CACHE.format("Fundgate"), BROKER, "Secrets/PaymentApiKey"),
    ),
    "Storefront": ("Storefront", (DATABASE.format("Storefront"), CACHE.format("Storefront"))),
    "Dashboard": ("Dashboard", (DATABASE.format("Storefront"), CACHE.format("Dashboard"))),
    "Mailer": ("Mailer", (BROKER,)),
}
Table = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
CODE_DOES: Mapping[str, Table] = {
    # service: actions, resources by construct path, with what follows the ARN behind a bar
    "SaleorApi": (
        (OBJECTS, tuple(f"MediaBucket|/{it}/*" for it in FOLDERS)),
        (("s3:ListBucket",), ("MediaBucket", "StaticBucket")),
        (("s3:GetObject",), ("StaticBucket|/*",)),
        (ITEMS, ("TaxTable",)),
        (
            ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            ECS_READS["SaleorApi"][1],
        ),
        (WITH_KEY, ("Data",)),
        # Commands that support runs in its tasks
        ((*WRITE_LOGS, "logs:DescribeLogStreams"), ("Cluster/Sessions|:*",)),
        ((*(f"ssmmessages:{it}" for it in CHANNELS), "logs:DescribeLogGroups"), ("*",)),
    ),
    "SaleorWorker": (
        (OBJECTS, ("MediaBucket|/*",)),
        (("s3:ListBucket",), ("MediaBucket",)),
        (WITH_KEY, ("Data",)),
        (WRITE_LOGS, ("SaleorWorkerTask/LogGroup|:*",)),
    ),
    "SaleorBeat": (),
    "SaleorMigration": (),
    "Fundgate": (),
    "Storefront": (),
    "Dashboard": (),
    "Mailer": ((SEND, ("Email", "Email/ConfigurationSet")),),
}


ADMINISTRATION = (
    ("secretsmanager:PutSecretValue", SALEOR[0]),
    ("s3:PutBucketPolicy", "MediaBucket"),
    ("s3:GetObject", "AccessLogs|/media-bucket/2026"),
    ("dynamodb:DeleteTable", "TaxTable"),
    ("rds:DeleteDBInstance", "PlatformDatabase"),
    ("kms:Decrypt", "Logs"),
    ("kms:ScheduleKeyDeletion", "Data"),
    ("ecr:PutImage", "Repositories/{here}/CheckoutSaleor"),
    ("ecs:UpdateService", "*"),
    ("iam:PassRole", "SaleorApiTask/SaleorApiTaskRole"),
    ("logs:DeleteLogGroup", "SaleorApiTask/LogGroup"),
    ("ses:DeleteEmailIdentity", "Email"),
)


class Checkout:
    """One environment, and what its roles may do."""

    def __init__(self, synthesised: SynthesisedProject, name: str) -> None:
        stacks = synthesised.of(name)
        self.name = name
        self.account = stacks[0].account
        self.access = Access.of(*synthesised.of(self.account.name), *stacks)
        self.services = synthesised.stacks[f"{name}-services"].template
        self.secrets = [
            path.removesuffix("/Resource").partition("/")[2]
            for stack in stacks
            for path in stack.template.paths().get("aws_secretsmanager_secret", [])
        ]
        environment = stacks[0].target
        assert isinstance(environment, Environment)
        self.domain = environment.domain

    def arn(self, resource: str) -> str:
        """Return the ARN of a construct, with what stands behind the bar."""
        if resource == "*":
            return resource
        path, _, after = resource.partition("|")
        owners = {"Data": "keys", "Logs": "keys", "Sops": "keys", "AccessLogs": "data"}
        place = f"{self.name}-{owners[path]}/{path}" if path in owners else path
        return self.access.arn(place) + after

    def role(self, service: str, kind: str = "Role") -> str:
        """Return the ARN of a service's task role, or of its execution role."""
        return self.access.arn(f"{service}Task/{service}Task{kind}")

    def may(self, role: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """Tell whether a role may do something, over TLS."""
        tls = {"aws:SecureTransport": "true"}
        request = Request(role, action, resource, tls | dict(context), self.account.id)
        return self.access.evaluate(request).allowed

    def meant(self, table: Table) -> dict[str, frozenset[str]]:
        """Return a table as `Access.permissions` gives it."""
        found: dict[str, set[str]] = {}
        for actions, resources in table:
            for action in actions:
                found.setdefault(action, set()).update(self.arn(it) for it in resources)
        return {action: frozenset(arns) for action, arns in found.items()}


@pytest.fixture(scope="module", params=CHECKOUTS)
def checkout(request: pytest.FixtureRequest, synthesised: SynthesisedProject) -> Checkout:
    """Return each environment that runs the checkout."""
    return Checkout(synthesised, request.param)


class TestNothingMore:
    """The whole of what is given is compared, so a grant more is seen as well as one less."""

    def test_every_role_is_in_the_table(self, checkout: Checkout) -> None:
        """Two for each service, and that of what starts the migration."""
        names = {path.split("/")[-2] for path in checkout.services.paths()["aws_iam_role"]}

        assert names == {
            *(f"{service}Task{kind}" for service in CODE_DOES for kind in ("Role", "Execution")),
            "SaleorMigrationRunnerRole",
        }

    def test_nothing_else_gives_permissions(self, checkout: Checkout) -> None:
        """No attached policy, user or group, which the table would not know."""
        identities = {it for it in checkout.services.paths() if it.startswith("aws_iam_")}

        assert identities == {"aws_iam_role", "aws_iam_role_policy"}

    @pytest.mark.parametrize("service", CODE_DOES)
    def test_a_task_role_has_what_its_code_does(self, checkout: Checkout, service: str) -> None:
        """By the table: most have nothing at all."""
        given = checkout.access.permissions(checkout.role(service))

        assert given == checkout.meant(CODE_DOES[service])

    @pytest.mark.parametrize("service", ECS_READS)
    def test_an_execution_role_has_what_starts_its_task(
        self, checkout: Checkout, service: str
    ) -> None:
        """Its image, its log group and its secrets."""
        image, secrets = ECS_READS[service]
        repository = f"Repositories/{pascal(checkout.name)}/Checkout{image}"
        pull = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")

        given = checkout.access.permissions(checkout.role(service, "Execution"))

        assert given == checkout.meant(
            (
                (tuple(f"ecr:{it}" for it in pull), (repository,)),
                (("ecr:GetAuthorizationToken",), ("*",)),
                (WRITE_LOGS, (f"{service}Task/LogGroup|:*",)),
                (("secretsmanager:GetSecretValue",), secrets),
                (("kms:Decrypt",), ("Data",)),
            )
        )


@pytest.mark.parametrize("kind", ["Role", "Execution"])
@pytest.mark.parametrize("service", CODE_DOES)
class TestEveryRole:
    """Judged request by request, policies of keys, buckets and secrets included."""

    def test_reads_its_own_secrets(self, checkout: Checkout, service: str, kind: str) -> None:
        """Of all secrets of the environment exactly those: no other tier's, no rotation's."""
        role = checkout.role(service, kind)

        read = {
            it
            for it in checkout.secrets
            if checkout.may(role, "secretsmanager:GetSecretValue", checkout.arn(it), {})
        }

        reads = kind == "Execution" or service == "SaleorApi"
        own = ECS_READS[service][1] if reads else ()
        assert sorted(it for it in read if not it.endswith(own)) == []
        assert len(read) == len(own)
        assert len(checkout.secrets) > len(read)

    def test_writes_its_own_log(self, checkout: Checkout, service: str, kind: str) -> None:
        """Of all log groups of services."""
        role = checkout.role(service, kind)

        written = {
            it
            for it in CODE_DOES
            if checkout.may(
                role,
                "logs:PutLogEvents",
                checkout.arn(f"{it}Task/LogGroup|:log-stream:app/app/1"),
                {},
            )
        }

        writes = kind == "Execution" or service == "SaleorWorker"
        assert written == ({service} if writes else set())

    @pytest.mark.parametrize(
        ("caller", "own", "expected"),
        [
            ("ecs-tasks.amazonaws.com", True, True),
            ("ecs-tasks.amazonaws.com", False, False),
            ("lambda.amazonaws.com", True, False),
        ],
    )
    def test_is_assumed_by_tasks(
        self,
        checkout: Checkout,
        service: str,
        kind: str,
        caller: str,
        *,
        own: bool,
        expected: bool,
    ) -> None:
        """Of this account, and by no other service."""
        account = checkout.account.id if own else "999999999999"
        request = Request(
            caller, "sts:AssumeRole", checkout.role(service, kind), {"aws:SourceAccount": account}
        )

        assert checkout.access.evaluate(request).allowed is expected

    def test_administers_nothing(self, checkout: Checkout, service: str, kind: str) -> None:
        """Neither data, keys, images, services nor identities."""
        role, here = checkout.role(service, kind), pascal(checkout.name)

        assert [
            (action, resource)
            for action, resource in ADMINISTRATION
            if checkout.may(role, action, checkout.arn(resource.format(here=here)), {})
        ] == []


OBJECT_CASES = [
    # who, action, object of a bucket, whether
    ("SaleorApi", "s3:GetObject", "MediaBucket|/products/1/shoe.png", True),
    ("SaleorApi", "s3:PutObject", "MediaBucket|/thumbnails/1/shoe.png", True),
    ("SaleorApi", "s3:DeleteObject", "MediaBucket|/invoices/1.pdf", True),
    ("SaleorApi", "s3:GetObject", "StaticBucket|/app.js", True),
    ("SaleorApi", "s3:GetObject", "MediaBucket|/payroll/1.pdf", False),
    ("SaleorApi", "s3:PutObject", "MediaBucket|/products-private/1.png", False),
    ("SaleorApi", "s3:PutObject", "StaticBucket|/app.js", False),
    ("SaleorApi", "s3:DeleteObject", "StaticBucket|/app.js", False),
    ("SaleorWorker", "s3:GetObject", "MediaBucket|/payroll/1.pdf", True),
    ("SaleorWorker", "s3:PutObject", "MediaBucket|/exports/1.csv", True),
    ("SaleorWorker", "s3:GetObject", "StaticBucket|/app.js", False),
    ("SaleorWorker", "s3:PutObjectAcl", "MediaBucket|/exports/1.csv", False),
    *(
        (it, "s3:GetObject", "MediaBucket|/products/1/shoe.png", False)
        for it in CODE_DOES
        if it not in {"SaleorApi", "SaleorWorker"}
    ),
]


@pytest.mark.parametrize(("service", "action", "resource", "expected"), OBJECT_CASES)
def test_code_reaches_its_folders(
    checkout: Checkout, service: str, action: str, resource: str, *, expected: bool
) -> None:
    """Another folder, another bucket, another verb: no."""
    verdict = checkout.may(checkout.role(service), action, checkout.arn(resource), {})

    assert verdict is expected


@pytest.mark.parametrize(("prefix", "expected"), [("products/", True), ("payroll/", False)])
def test_the_api_lists_its_folders(checkout: Checkout, prefix: str, *, expected: bool) -> None:
    """And not the bucket as a whole."""
    role, bucket = checkout.role("SaleorApi"), checkout.arn("MediaBucket")

    assert checkout.may(role, "s3:ListBucket", bucket, {"s3:prefix": prefix}) is expected
    assert not checkout.may(role, "s3:ListBucket", bucket, {})


@pytest.mark.parametrize("service", CODE_DOES)
def test_only_the_api_has_the_tax_table(checkout: Checkout, service: str) -> None:
    """To create, read, change and delete items, and of no other table of the account."""
    role, table = checkout.role(service), checkout.arn("TaxTable")
    other = table.replace("tax-table", "ledger-table")
    verbs = ("PutItem", "GetItem", "Query", "UpdateItem", "DeleteItem")

    for verb in verbs:
        may = checkout.may(role, f"dynamodb:{verb}", table, {})
        assert may is (service == "SaleorApi"), verb
        assert not checkout.may(role, f"dynamodb:{verb}", other, {}), verb


@pytest.mark.parametrize("service", CODE_DOES)
@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("orders@{}", True),
        ("no-reply@{}", True),
        ("root@{}", False),
        ("orders@example.com", False),
        (None, False),
    ],
)
def test_only_the_mailer_sends_mail(
    checkout: Checkout, service: str, sender: str | None, *, expected: bool
) -> None:
    """From its two addresses."""
    context = {} if sender is None else {"ses:FromAddress": sender.format(checkout.domain)}
    role, identity = checkout.role(service), checkout.arn("Email")

    for action in SEND:
        may = checkout.may(role, action, identity, context)
        assert may is (expected and service == "Mailer"), action


@pytest.mark.parametrize("service", ECS_READS)
@pytest.mark.parametrize(
    ("secret", "via", "expected"),
    [
        (None, "secretsmanager", True),
        (None, "s3", False),
        ("Secrets/AvataxCredentials", "secretsmanager", False),
        ("PlatformDatabaseFundgateCredential/Secret", "secretsmanager", False),
    ],
)
def test_ecs_decrypts_the_tasks_own_secrets(
    checkout: Checkout, service: str, secret: str | None, via: str, *, expected: bool
) -> None:
    """With the key that encrypts all the rest too."""
    own = ECS_READS[service][1]
    context = {
        "kms:EncryptionContext:SecretARN": checkout.arn(secret or own[0]),
        "kms:ViaService": f"{via}.us-east-1.amazonaws.com",
    }

    may = checkout.may(
        checkout.role(service, "Execution"), "kms:Decrypt", checkout.arn("Data"), context
    )

    assert may is (expected or secret in own)


@pytest.mark.parametrize("service", ECS_READS)
def test_ecs_pulls_one_image(checkout: Checkout, service: str) -> None:
    """From the repositories of this environment."""
    role = checkout.role(service, "Execution")
    images = {image for image, _ in ECS_READS.values()}

    pulled = {
        it
        for it in images
        if checkout.may(
            role,
            "ecr:BatchGetImage",
            checkout.arn(f"Repositories/{pascal(checkout.name)}/Checkout{it}"),
            {},
        )
    }

    assert pulled == {ECS_READS[service][0]}


@pytest.mark.parametrize(("group", "expected"), [("Sessions", True), ("Insights", False)])
def test_the_api_takes_commands(checkout: Checkout, group: str, *, expected: bool) -> None:
    """Support's, whose sessions are recorded; nobody gives commands to other services."""
    stream = checkout.arn(f"Cluster/{group}|:log-stream:1")
    channel = "ssmmessages:OpenDataChannel"

    assert checkout.may(checkout.role("SaleorApi"), "logs:PutLogEvents", stream, {}) is expected
    assert checkout.may(checkout.role("SaleorApi"), channel, "*", {})
    assert not checkout.may(checkout.role("SaleorWorker"), channel, "*", {})
