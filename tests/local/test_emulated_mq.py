"""Amazon MQ brokers of RabbitMQ keep AWS's rules, and change when they are rebooted."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

_USER = {"Username": "admin", "Password": "0123456789abcdef"}


@pytest.fixture
def mq(client: Callable[[str], Any]) -> Any:
    """Return the Amazon MQ client."""
    return client("mq")


def _arguments(**other: Any) -> dict[str, Any]:
    given = {
        "BrokerName": f"broker-{secrets.token_hex(4)}",
        "EngineType": "RABBITMQ",
        "EngineVersion": "3.13",
        "HostInstanceType": "mq.m7g.large",
        "DeploymentMode": "SINGLE_INSTANCE",
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "Users": [_USER],
    } | other
    return {name: value for name, value in given.items() if value is not None}


def _create(mq: Any, **other: Any) -> str:
    return str(mq.create_broker(**_arguments(**other))["BrokerId"])


def _configuration(mq: Any, version: str = "3.13", data: str = "heartbeat = 120") -> str:
    made = mq.create_configuration(
        Name=f"configuration-{secrets.token_hex(4)}", EngineType="RABBITMQ", EngineVersion=version
    )
    mq.update_configuration(ConfigurationId=made["Id"], Data=_encoded(data))
    return str(made["Id"])


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("mode", ["SINGLE_INSTANCE", "CLUSTER_MULTI_AZ"])
def test_a_broker_reads_back(mq: Any, mode: str) -> None:
    """With AWS's identifiers, one endpoint for all nodes, and no user."""
    broker = _create(mq, DeploymentMode=mode, Logs={"General": True}, Tags={"a": "b"})

    found = mq.describe_broker(BrokerId=broker)
    name = found["BrokerName"]
    assert broker.startswith("b-")
    assert found["BrokerArn"].endswith(f":broker:{name}:{broker}")
    assert found["EngineType"] == "RabbitMQ"
    assert found["BrokerState"] == "RUNNING"
    assert found["BrokerInstances"] == [
        {
            "ConsoleURL": f"https://{broker}.mq.eu-central-1.on.aws",
            "Endpoints": [f"amqps://{broker}.mq.eu-central-1.on.aws:5671"],
        }
    ]
    assert found["Users"] == []
    assert found["Logs"]["General"] is True
    assert "Audit" not in found["Logs"]
    assert found["Tags"] == {"a": "b"}
    assert found["MaintenanceWindowStartTime"]["DayOfWeek"] == "SUNDAY"


@pytest.mark.parametrize(
    "given",
    [
        {"EngineVersion": "3.13", "HostInstanceType": "mq.t3.micro"},
        {"EngineVersion": "3.13", "HostInstanceType": "mq.m5.large"},
        {"EngineVersion": "4.2", "HostInstanceType": "mq.m7g.medium"},
        {"EngineVersion": "4.2", "HostInstanceType": "mq.m7g.16xlarge"},
        {"EngineType": "RabbitMQ"},
        {"Users": [{"Username": "a.b_c-d~e", "Password": "aaaaaaaaabcd"}]},
    ],
)
def test_accepts_a_broker(mq: Any, given: dict[str, Any]) -> None:
    """Versions with their instance types, names at their limits."""
    assert _create(mq, **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"BrokerName": "with space"}, "Broker name must"),
        ({"BrokerName": "a" * 51}, "Broker name must"),
        ({"EngineType": "KAFKA"}, "engine type [KAFKA]"),
        ({"EngineVersion": "3.13.7"}, "Valid values: [4.2, 3.13]"),
        ({"EngineVersion": "3.12"}, "engine version [3.12]"),
        ({"AutoMinorVersionUpgrade": False}, "must have [autoMinorVersionUpgrade]"),
        (
            {"EngineVersion": "4.2", "HostInstanceType": "mq.m5.large"},
            "not supported by RabbitMQ 4.2",
        ),
        ({"HostInstanceType": "mq.m4.large"}, "not supported by RabbitMQ 3.13"),
        (
            {"HostInstanceType": "mq.t3.micro", "DeploymentMode": "CLUSTER_MULTI_AZ"},
            "does not support deployment mode",
        ),
        ({"DeploymentMode": "ACTIVE_STANDBY_MULTI_AZ"}, "Deployment mode"),
        ({"StorageType": "EFS"}, "EBS storage only"),
        ({"Logs": {"Audit": True}}, "Audit logging"),
        ({"Users": []}, "exactly one user"),
        ({"Users": [_USER, _USER | {"Username": "other"}]}, "exactly one user"),
        ({"Users": [_USER | {"Username": "guest"}]}, "Username [guest]"),
        ({"Users": [_USER | {"Username": "with space"}]}, "Username [with space]"),
        ({"Users": [_USER | {"Password": "short"}]}, "Password is invalid"),
        ({"Users": [_USER | {"Password": "0123456789,abc"}]}, "Password is invalid"),
        ({"Users": [_USER | {"Password": "0123456789=abc"}]}, "Password is invalid"),
        ({"Users": [_USER | {"Password": "aaaaaaaaabbbc"}]}, "Password is invalid"),
        (
            {"EncryptionOptions": {"UseAwsOwnedKey": False, "KmsKeyId": "none"}},
            "key [none] cannot be used",
        ),
        ({"EncryptionOptions": {"UseAwsOwnedKey": True, "KmsKeyId": "none"}}, "mutually exclusive"),
        ({"SubnetIds": ["subnet-0"]}, "Subnet [subnet-0]"),
        ({"SecurityGroups": ["sg-0"]}, "Security group [sg-0]"),
        ({"SecurityGroups": ["sg-0"], "PubliclyAccessible": True}, "public broker"),
        ({"SecurityGroups": [f"sg-{number}" for number in range(6)]}, "at most 5 security groups"),
        (
            {
                "MaintenanceWindowStartTime": {
                    "DayOfWeek": "SUNDAY",
                    "TimeOfDay": "25:00",
                    "TimeZone": "UTC",
                }
            },
            "Maintenance window",
        ),
    ],
)
def test_refuses_a_broker(mq: Any, given: dict[str, Any], message: str) -> None:
    """Versions, sizes, users, keys and networks that AWS does not take."""
    with pytest.raises(ClientError, match=re.escape(message)) as caught:
        mq.create_broker(**_arguments(**given))

    assert caught.value.response["Error"]["Code"] == "BadRequestException"


def test_refuses_a_name_that_is_taken(mq: Any, refused: Callable[..., str]) -> None:
    """Names are unique in a region."""
    taken = mq.describe_broker(BrokerId=_create(mq))["BrokerName"]

    code = refused(mq.create_broker, **_arguments(BrokerName=taken))

    assert code == "ConflictException"


def test_a_broker_stands_in_subnets(
    mq: Any,
    client: Callable[[str], Any],
    subnets: list[str],
    vpc: str,
    refused: Callable[..., str],
) -> None:
    """One for a single instance, any number in different zones for a cluster."""
    group = client("ec2").create_security_group(
        GroupName=secrets.token_hex(4), Description="x", VpcId=vpc
    )["GroupId"]
    same = client("ec2").create_subnet(
        VpcId=vpc, CidrBlock="10.0.9.0/24", AvailabilityZone="eu-central-1a"
    )["Subnet"]["SubnetId"]
    cluster = {"DeploymentMode": "CLUSTER_MULTI_AZ"}

    single = _create(mq, SubnetIds=subnets[:1], SecurityGroups=[group])
    three = _create(mq, SubnetIds=subnets, **cluster)
    too_many = refused(mq.create_broker, **_arguments(SubnetIds=subnets))
    one_zone = refused(mq.create_broker, **_arguments(SubnetIds=[subnets[0], same], **cluster))

    assert mq.describe_broker(BrokerId=single)["SecurityGroups"] == [group]
    assert mq.describe_broker(BrokerId=three)["SubnetIds"] == subnets
    assert (too_many, one_zone) == ("BadRequestException", "BadRequestException")


def test_own_keys_have_to_be_usable(
    mq: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """Not one that waits for its deletion."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]
    options = {"UseAwsOwnedKey": False, "KmsKeyId": key["Arn"]}
    broker = _create(mq, EncryptionOptions=options)
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)

    gone = refused(mq.create_broker, **_arguments(EncryptionOptions=options))

    assert mq.describe_broker(BrokerId=broker)["EncryptionOptions"] == options
    assert gone == "BadRequestException"


def test_changes_wait_for_the_reboot(mq: Any) -> None:
    """Instance type, version, configuration and logs are pending until then; the window is not."""
    before, after = _configuration(mq), _configuration(mq, "4.2", "cluster_queue_limit = 500")
    broker = _create(mq, Configuration={"Id": before, "Revision": 2})

    mq.update_broker(
        BrokerId=broker,
        EngineVersion="4.2",
        HostInstanceType="mq.m7g.xlarge",
        Configuration={"Id": after, "Revision": 2},
        Logs={"General": True},
        MaintenanceWindowStartTime={
            "DayOfWeek": "MONDAY",
            "TimeOfDay": "03:00",
            "TimeZone": "UTC",
        },
    )
    waiting = mq.describe_broker(BrokerId=broker)
    mq.reboot_broker(BrokerId=broker)
    done = mq.describe_broker(BrokerId=broker)

    assert waiting["MaintenanceWindowStartTime"]["DayOfWeek"] == "MONDAY"
    assert (waiting["EngineVersion"], waiting["PendingEngineVersion"]) == ("3.13", "4.2")
    assert waiting["PendingHostInstanceType"] == "mq.m7g.xlarge"
    assert waiting["Configurations"]["Current"] == {"Id": before, "Revision": 2}
    assert waiting["Configurations"]["Pending"] == {"Id": after, "Revision": 2}
    assert waiting["Logs"]["General"] is False
    assert (done["EngineVersion"], done["HostInstanceType"]) == ("4.2", "mq.m7g.xlarge")
    assert done["Configurations"]["Current"] == {"Id": after, "Revision": 2}
    assert done["Configurations"]["History"] == [{"Id": before, "Revision": 2}]
    assert done["Logs"]["General"] is True
    assert "PendingEngineVersion" not in done


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"SecurityGroups": ["sg-other"]}, "Changing security groups is not supported"),
        ({"AutoMinorVersionUpgrade": False}, "must have [autoMinorVersionUpgrade]"),
        ({"HostInstanceType": "mq.t3.micro"}, "cannot become"),
        ({"HostInstanceType": "mq.m4.large"}, "not supported by RabbitMQ 3.13"),
        ({"EngineVersion": "3.13.7"}, "Valid values: [4.2, 3.13]"),
        ({"Logs": {"Audit": True}}, "Audit logging"),
        (
            {"EngineVersion": "4.2", "HostInstanceType": "mq.m5.large"},
            "not supported by RabbitMQ 4.2",
        ),
    ],
)
def test_refuses_a_change(mq: Any, given: dict[str, Any], message: str) -> None:
    """Other security groups, smaller evaluation types, versions that do not exist."""
    broker = _create(mq)

    with pytest.raises(ClientError, match=re.escape(message)) as caught:
        mq.update_broker(BrokerId=broker, **given)

    assert caught.value.response["Error"]["Code"] == "BadRequestException"


def test_refuses_an_older_version(mq: Any, refused: Callable[..., str]) -> None:
    """Upgrades go one way."""
    broker = _create(mq, EngineVersion="4.2")

    assert refused(mq.update_broker, BrokerId=broker, EngineVersion="3.13") == "BadRequestException"


def test_refuses_configurations_that_do_not_fit(mq: Any, refused: Callable[..., str]) -> None:
    """Unknown ones, revisions that do not exist, those of another version."""
    mine, other = _configuration(mq), _configuration(mq, "4.2")

    codes = [
        refused(mq.create_broker, **_arguments(Configuration=given))
        for given in (
            {"Id": "c-none", "Revision": 1},
            {"Id": mine, "Revision": 3},
            {"Id": other, "Revision": 1},
        )
    ]

    assert codes == ["NotFoundException", "BadRequestException", "BadRequestException"]


def test_users_are_in_the_broker(mq: Any, refused: Callable[..., str]) -> None:
    """AWS's API does not manage them."""
    broker = _create(mq)

    codes = [
        refused(mq.create_user, BrokerId=broker, Username="a", Password="0123456789ab"),
        refused(mq.update_user, BrokerId=broker, Username="admin", Password="0123456789ab"),
        refused(mq.describe_user, BrokerId=broker, Username="admin"),
        refused(mq.delete_user, BrokerId=broker, Username="admin"),
        refused(mq.list_users, BrokerId=broker),
    ]

    assert codes == ["ConflictException"] * 5


def test_a_broker_ends(mq: Any, refused: Callable[..., str]) -> None:
    """Afterwards it is not found, whatever is asked."""
    broker = _create(mq)

    mq.delete_broker(BrokerId=broker)

    codes = {
        refused(action, BrokerId=broker)
        for action in (mq.describe_broker, mq.delete_broker, mq.reboot_broker)
    }
    assert codes == {"NotFoundException"}


def test_revisions_are_counted(mq: Any, refused: Callable[..., str]) -> None:
    """The first holds AWS's default, each update makes the next one."""
    made = mq.create_configuration(
        Name=f"configuration-{secrets.token_hex(4)}", EngineType="RabbitMQ", EngineVersion="3.13"
    )
    identifier = made["Id"]

    updated = mq.update_configuration(
        ConfigurationId=identifier, Data=_encoded("heartbeat = 90"), Description="changed"
    )
    data = [
        base64.b64decode(
            mq.describe_configuration_revision(
                ConfigurationId=identifier, ConfigurationRevision=number
            )["Data"]
        ).decode()
        for number in ("1", "2")
    ]
    missing = refused(
        mq.describe_configuration_revision, ConfigurationId=identifier, ConfigurationRevision="3"
    )

    assert identifier.startswith("c-")
    assert updated["LatestRevision"]["Revision"] == 2
    assert updated["LatestRevision"]["Description"] == "changed"
    assert "consumer_timeout" in data[0]
    assert data[1] == "heartbeat = 90"
    assert missing == "NotFoundException"


@pytest.mark.parametrize(
    ("version", "data"),
    [
        ("3.13", "# nothing\n\nconsumer_timeout = 0\nheartbeat=3600"),
        ("3.13", "management.restrictions.operator_policy_changes.disabled = false"),
        ("4.2", "cluster_queue_limit = 500\nmax_message_size = 1048576"),
        ("4.2", "auth_oauth2.issuer = https://issuer.example"),
    ],
)
def test_accepts_configuration_data(mq: Any, version: str, data: str) -> None:
    """Comments, and keys that AWS lists for the version."""
    assert _configuration(mq, version, data)


@pytest.mark.parametrize(
    ("version", "data"),
    [
        ("3.13", "heartbeat = 59"),
        ("3.13", "consumer_timeout = forever"),
        ("3.13", "secure.management.http.headers.enabled = maybe"),
        ("3.13", "vm_memory_high_watermark = 0.9"),
        ("3.13", "cluster_queue_limit = 500"),
        ("4.2", "cluster_queue_limit = many"),
        ("4.2", "no equal sign"),
    ],
)
def test_refuses_configuration_data(
    mq: Any, refused: Callable[..., str], version: str, data: str
) -> None:
    """Values out of range, keys that Amazon MQ does not take, or not in that version."""
    identifier = _configuration(mq, version)

    code = refused(mq.update_configuration, ConfigurationId=identifier, Data=_encoded(data))

    assert code == "BadRequestException"


def test_refuses_data_that_is_not_encoded(mq: Any, refused: Callable[..., str]) -> None:
    """The API takes base64."""
    code = refused(
        mq.update_configuration, ConfigurationId=_configuration(mq), Data="heartbeat = 90"
    )

    assert code == "BadRequestException"


@pytest.mark.parametrize(("name", "version"), [("with space", "3.13"), ("other", "3.12")])
def test_refuses_a_configuration(
    mq: Any, refused: Callable[..., str], name: str, version: str
) -> None:
    """Impossible names, and versions that do not exist."""
    code = refused(mq.create_configuration, Name=name, EngineType="RABBITMQ", EngineVersion=version)

    assert code == "BadRequestException"


def test_configurations_are_told_by_their_ids(mq: Any) -> None:
    """AWS gives a name out again, so that what a destroyed stack has left is in nobody's way."""
    given = {"Name": "jobs", "EngineType": "RABBITMQ", "EngineVersion": "3.13"}

    first, second = (mq.create_configuration(**given)["Id"] for _ in range(2))

    assert first != second
