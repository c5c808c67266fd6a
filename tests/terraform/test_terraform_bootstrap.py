"""The state bucket and the lock table are made safe, once and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from platform_lib.errors import OperationError
from platform_lib.terraform.bootstrap import Bootstrap
from platform_lib.terraform.state_access import state_access_statements
from platform_lib.terraform.state_bucket import StateBucket, _covers, lifecycle_rules
from platform_lib.terraform.state_store import StateStore
from tests.botocore_models import botocore_models

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

__all__ = ["botocore_models"]

ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answer every AWS call in this process."""
    for name in (
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_CA_BUNDLE",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


def store(**changes: Any) -> StateStore:
    """Return what is wanted."""
    wanted: dict[str, Any] = {
        "bucket": "acme-state",
        "region": "eu-west-1",
        "account_id": ACCOUNT,
        "table": "acme-locks",
    }
    return StateStore(**{**wanted, **changes})


@pytest.fixture
def s3() -> S3Client:
    """Return a client to look at the bucket with."""
    client: S3Client = boto3.client("s3", region_name="eu-west-1")
    return client


@pytest.fixture
def dynamodb() -> DynamoDBClient:
    """Return a client to look at the table with."""
    client: DynamoDBClient = boto3.client("dynamodb", region_name="eu-west-1")
    return client


def test_nothing_is_there_yet() -> None:
    """`check` says what is missing and makes nothing."""
    bootstrap = Bootstrap(store())

    first = [str(problem) for problem in bootstrap.check()]

    assert first == [
        "the bucket acme-state does not exist [StateMissing]",
        "the lock table acme-locks does not exist [StateMissing]",
    ]
    assert [str(problem) for problem in bootstrap.check()] == first


def test_everything_is_made_and_then_left_alone() -> None:
    """After one run nothing is wrong, and a second run does nothing."""
    told: list[str] = []

    done = Bootstrap(store()).apply(told.append)

    assert done[0] == "create bucket acme-state"
    assert "create lock table acme-locks" in done
    assert tuple(told) == done
    assert Bootstrap(store()).check() == ()
    assert Bootstrap(store()).apply() == ()


def test_the_bucket_is_safe(s3: S3Client) -> None:
    """Versioned, encrypted, private, owner enforced, TLS only, not to be deleted, old versions expire."""
    Bootstrap(store(table=None)).apply()

    name: Any = {"Bucket": "acme-state"}
    encryption = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    policy = json.loads(s3.get_bucket_policy(**name)["Policy"])
    rules = s3.get_bucket_lifecycle_configuration(**name)["Rules"]
    assert s3.get_bucket_versioning(**name)["Status"] == "Enabled"
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert all(s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_ownership_controls(**name)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}
    ]
    assert {s["Sid"]: (s["Effect"], s["Action"]) for s in policy["Statement"]} == {
        "DenyWithoutTls": ("Deny", "s3:*"),
        "DenyDeletingTheStateBucket": ("Deny", "s3:DeleteBucket"),
    }
    assert policy["Statement"][0]["Resource"] == [
        "arn:aws:s3:::acme-state",
        "arn:aws:s3:::acme-state/*",
    ]
    assert rules[0]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_the_table_is_safe(dynamodb: DynamoDBClient) -> None:
    """Billed per request, protected from deletion, recoverable to any point in time."""
    Bootstrap(store()).apply()

    table = dynamodb.describe_table(TableName="acme-locks")["Table"]
    backups: Any = dynamodb.describe_continuous_backups(TableName="acme-locks")
    assert table["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_key_encrypts_both(s3: S3Client, dynamodb: DynamoDBClient) -> None:
    """With a key, bucket and table are made with it."""
    Bootstrap(store(kms_key_arn=KEY)).apply()

    encryption = s3.get_bucket_encryption(Bucket="acme-state")
    rule = encryption["ServerSideEncryptionConfiguration"]["Rules"][0]
    table = dynamodb.describe_table(TableName="acme-locks")["Table"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": KEY,
    }
    assert rule["BucketKeyEnabled"] is True
    assert table["SSEDescription"]["KMSMasterKeyArn"] == KEY


def test_another_key_is_noticed() -> None:
    """A store that is to have a key from now on is told so, bucket and table."""
    Bootstrap(store()).apply()

    problems = [str(problem) for problem in Bootstrap(store(kms_key_arn=KEY)).check()]

    assert problems == [
        "the bucket acme-state is not encrypted as wanted [StateUnsafe]",
        "the lock table acme-locks is not encrypted with the key that is wanted [StateUnsafe]",
    ]


def test_weakened_settings_are_found_and_put_right(s3: S3Client, dynamodb: DynamoDBClient) -> None:
    """Each weakened setting is one problem, and one run heals them all."""
    Bootstrap(store()).apply()
    s3.put_bucket_versioning(Bucket="acme-state", VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_encryption(Bucket="acme-state")
    s3.delete_public_access_block(Bucket="acme-state")
    s3.delete_bucket_policy(Bucket="acme-state")
    s3.delete_bucket_lifecycle(Bucket="acme-state")
    s3.delete_bucket_ownership_controls(Bucket="acme-state")
    dynamodb.update_table(TableName="acme-locks", DeletionProtectionEnabled=False)
    dynamodb.update_continuous_backups(
        TableName="acme-locks",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )

    problems = [problem.message for problem in Bootstrap(store()).check()]
    Bootstrap(store()).apply()

    assert problems == [
        "the bucket acme-state lets writers of other accounts own objects",
        "the bucket acme-state does not block public access",
        "the bucket acme-state is not versioned, so a lost state cannot be restored",
        "the bucket acme-state is not encrypted as wanted",
        "the bucket acme-state has no policy that demands TLS and forbids deleting it",
        "the bucket acme-state keeps old versions for ever",
        "the lock table acme-locks is not protected from deletion",
        "the lock table acme-locks has no point-in-time recovery",
    ]
    assert Bootstrap(store()).check() == ()


def test_what_others_added_stays(s3: S3Client) -> None:
    """Statements and rules that are not ours are kept, and ours are restored."""
    Bootstrap(store(table=None)).apply()
    theirs = {
        "Sid": "Audit",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::acme-state",
    }
    s3.put_bucket_policy(
        Bucket="acme-state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [theirs]})
    )

    Bootstrap(store(table=None)).apply()

    policy = json.loads(s3.get_bucket_policy(Bucket="acme-state")["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == [
        "DenyWithoutTls",
        "DenyDeletingTheStateBucket",
        "Audit",
    ]


def test_accesses_are_logged_where_asked(s3: S3Client) -> None:
    """The log bucket receives the accesses below the state bucket's name."""
    s3.create_bucket(
        Bucket="acme-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.put_bucket_policy(
        Bucket="acme-logs",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logging.s3.amazonaws.com"},
                        "Action": "s3:PutObject",
                        "Resource": "arn:aws:s3:::acme-logs/*",
                    }
                ],
            }
        ),
    )
    wanted = store(table=None, log_bucket="acme-logs")

    Bootstrap(wanted).apply()

    logging: Any = s3.get_bucket_logging(Bucket="acme-state")["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == ("acme-logs", "acme-state/")
    assert Bootstrap(wanted).check() == ()


def test_us_east_1_is_not_named() -> None:
    """The default Region must not be given as a location constraint."""
    Bootstrap(store(region="us-east-1")).apply()

    assert Bootstrap(store(region="us-east-1")).check() == ()


def refusal(wanted: StateStore) -> str:
    """Return why bootstrap refuses; looking and making refuse alike."""
    with pytest.raises(OperationError) as looking:
        Bootstrap(wanted).check()
    with pytest.raises(OperationError) as making:
        Bootstrap(wanted).apply()
    assert str(looking.value) == str(making.value)
    return str(making.value)


def test_another_account_is_refused(s3: S3Client) -> None:
    """Nothing is made with the credentials of another account."""
    assert refusal(store(account_id="222222222222")) == (
        "the credentials are those of account 123456789012, the state belongs to 222222222222; choose the"
        " right AWS_PROFILE and try again [WrongAccount]"
    )
    assert s3.list_buckets()["Buckets"] == []


def test_a_bucket_elsewhere_is_refused() -> None:
    """A bucket of that name in another Region is named."""
    boto3.client("s3", region_name="eu-central-1").create_bucket(
        Bucket="acme-state",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )

    assert refusal(store()) == (
        "the bucket acme-state is in eu-central-1 and not in eu-west-1; give its Region, or choose another"
        " name [StateBucketElsewhere]"
    )


TAKEN = (
    "the bucket acme-state belongs to another account, or these credentials may not look at it; choose"
    " another name, or use credentials of 123456789012 that may [StateBucketTaken]"
)


def test_a_bucket_of_somebody_else_is_refused(s3: S3Client) -> None:
    """Every call names the expected owner, so AWS itself refuses; so is a name taken meanwhile."""
    owned = {"Bucket": "acme-state", "ExpectedBucketOwner": ACCOUNT}
    bucket = StateBucket(s3, store())
    with Stubber(s3) as answers:
        answers.add_client_error("head_bucket", "403", http_status_code=403, expected_params=owned)
        answers.add_client_error("create_bucket", "BucketAlreadyExists", http_status_code=409)

        with pytest.raises(OperationError) as looking:
            bucket.exists()
        with pytest.raises(OperationError) as making:
            bucket.create()

    assert str(looking.value) == str(making.value) == TAKEN


def test_other_errors_are_not_swallowed(s3: S3Client) -> None:
    """A fault of AWS's is neither absence nor ownership, and making twice is harmless."""
    bucket = StateBucket(s3, store())
    with Stubber(s3) as answers:
        answers.add_client_error("head_bucket", "500", http_status_code=500)
        answers.add_client_error("create_bucket", "InvalidBucketName", http_status_code=400)
        answers.add_client_error("create_bucket", "BucketAlreadyOwnedByYou", http_status_code=409)

        with pytest.raises(ClientError, match="500"):
            bucket.exists()
        with pytest.raises(ClientError, match="InvalidBucketName"):
            bucket.create()
        bucket.create()


def test_the_rules_keep_the_newest_versions() -> None:
    """Old states expire after 90 days, except the newest; what says otherwise is not the rule."""
    wanted = lifecycle_rules()[0]
    fewer = {"NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 1}}
    sooner = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}

    assert wanted["NoncurrentVersionExpiration"] == {
        "NoncurrentDays": 90,
        "NewerNoncurrentVersions": 20,
    }
    assert _covers(wanted, wanted)
    assert not _covers({**wanted, **fewer}, wanted)
    assert not _covers({**wanted, **sooner}, wanted)
    assert not _covers({**wanted, "Status": "Disabled"}, wanted)


def test_a_table_of_another_kind_is_refused(dynamodb: DynamoDBClient) -> None:
    """A table with another key cannot hold locks."""
    dynamodb.create_table(
        TableName="acme-locks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    Bootstrap(store(table=None)).apply()

    assert refusal(store()) == (
        "the table acme-locks has another key than the string LockID, so it is not a lock table; choose"
        " another name [LockTableForeign]"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ClientError(
                {"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "GetCallerIdentity"
            ),
            "the AWS credentials have expired or are not accepted; sign in again [NoCredentials]",
        ),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "No. "}}, "CreateBucket"),
            "AWS refused CreateBucket: AccessDenied: No [BootstrapFailed]",
        ),
    ],
)
def test_refusals_of_aws_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, error: ClientError, said: str
) -> None:
    """What boto3 raises is told without a traceback."""

    def fail(_self: Bootstrap) -> None:
        raise error

    monkeypatch.setattr(Bootstrap, "_check_account", fail)

    assert refusal(store()) == said


def test_no_credentials_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the message says how to sign in."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")

    assert refusal(store()) == (
        "AWS cannot be asked: Unable to locate credentials; sign in (aws sso login, or AWS_PROFILE for"
        " another profile) [NoCredentials]"
    )


def test_a_stack_gets_only_its_own_state() -> None:
    """One key, its lock item and what it reads; nothing of the others."""
    statements = state_access_statements(
        bucket="acme-state",
        key="shop/shop-data.tfstate",
        account_id=ACCOUNT,
        region="eu-west-1",
        table="acme-locks",
        kms_key_arn=KEY,
        read_keys=["shop/shop-network.tfstate"],
    )

    assert {s["Sid"]: (s["Action"], s["Resource"]) for s in statements} == {
        "ListState": (["s3:ListBucket"], ["arn:aws:s3:::acme-state"]),
        "WriteState": (
            ["s3:GetObject", "s3:PutObject"],
            ["arn:aws:s3:::acme-state/shop/shop-data.tfstate"],
        ),
        "ReadUpstreamState": (
            ["s3:GetObject"],
            ["arn:aws:s3:::acme-state/shop/shop-network.tfstate"],
        ),
        "LockItem": (
            ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
            [f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/acme-locks"],
        ),
        "StateKey": (["kms:Decrypt", "kms:GenerateDataKey"], [KEY]),
    }
    lock = next(s for s in statements if s["Sid"] == "LockItem")
    assert lock["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] == [
        "acme-state/shop/shop-data.tfstate",
        "acme-state/shop/shop-data.tfstate-md5",
    ]


def test_without_a_table_the_lock_file_is_allowed() -> None:
    """The native lock is an object beside the state that must be deleted again."""
    statements = state_access_statements(
        bucket="acme-state", key="a.tfstate", account_id=ACCOUNT, region="eu-west-1"
    )

    assert [s["Sid"] for s in statements] == ["ListState", "WriteState", "LockFile"]
    assert statements[2]["Action"] == ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    assert statements[2]["Resource"] == ["arn:aws:s3:::acme-state/a.tfstate.tflock"]
