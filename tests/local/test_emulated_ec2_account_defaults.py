"""Account-wide defaults: EBS key, sharing of snapshots and images, instance metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def ec2(aws: object, client: Callable[[str], Any]) -> Any:
    """Return the EC2 client of an empty account."""
    return client("ec2")


def test_ebs_key_is_aws_own_at_first(ec2: Any) -> None:
    """Before it is set, and after it is reset."""
    managed = "arn:aws:kms:eu-central-1:210987654321:alias/aws/ebs"

    before = ec2.get_ebs_default_kms_key_id()["KmsKeyId"]
    after = ec2.reset_ebs_default_kms_key_id()["KmsKeyId"]

    assert (before, after) == (managed, managed)


def test_ebs_key_reads_back(ec2: Any, client: Callable[[str], Any]) -> None:
    """The key that was set is the default, by its ARN."""
    arn = client("kms").create_key()["KeyMetadata"]["Arn"]

    ec2.modify_ebs_default_kms_key_id(KmsKeyId=arn)

    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == arn


def test_refuses_a_key_that_does_not_exist(ec2: Any, refused: Callable[..., str]) -> None:
    """New volumes could not be encrypted with it."""
    code = refused(ec2.modify_ebs_default_kms_key_id, KmsKeyId="0" * 8)

    assert code == "InvalidParameterValue"


def test_refuses_a_key_that_is_going(
    ec2: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """Nor with one that waits for its deletion."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    assert refused(ec2.modify_ebs_default_kms_key_id, KmsKeyId=key) == "InvalidParameterValue"


def test_snapshots_are_open_at_first(ec2: Any) -> None:
    """AWS does not block their sharing by itself."""
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"


def test_snapshot_sharing_is_blocked_and_opened(ec2: Any) -> None:
    """Both changes read back."""
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    blocked = ec2.get_snapshot_block_public_access_state()["State"]
    ec2.disable_snapshot_block_public_access()

    assert blocked == "block-all-sharing"
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"


def test_refuses_to_block_snapshots_half(ec2: Any, refused: Callable[..., str]) -> None:
    """Enabling takes one of the two blocks."""
    code = refused(ec2.enable_snapshot_block_public_access, State="unblocked")

    assert code == "InvalidParameterValue"


def test_images_are_blocked_at_first(ec2: Any) -> None:
    """As in every new account."""
    found = ec2.get_image_block_public_access_state()

    assert found["ImageBlockPublicAccessState"] == "block-new-sharing"


def test_image_sharing_is_opened_and_blocked(ec2: Any) -> None:
    """Both changes read back."""
    ec2.disable_image_block_public_access()
    opened = ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")

    blocked = ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
    assert (opened, blocked) == ("unblocked", "block-new-sharing")


def test_refuses_an_unknown_image_state(ec2: Any, refused: Callable[..., str]) -> None:
    """One block exists."""
    code = refused(ec2.enable_image_block_public_access, ImageBlockPublicAccessState="block-all")

    assert code == "InvalidParameterValue"


def test_metadata_defaults_are_unset_at_first(ec2: Any) -> None:
    """No default means no value."""
    assert "HttpTokens" not in ec2.get_instance_metadata_defaults()["AccountLevel"]


def test_metadata_defaults_are_set_and_unset(ec2: Any) -> None:
    """What has no preference is gone, the rest stays."""
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    ec2.modify_instance_metadata_defaults(HttpPutResponseHopLimit=-1, HttpEndpoint="enabled")

    found = ec2.get_instance_metadata_defaults()["AccountLevel"]
    assert found == {"HttpTokens": "required", "HttpEndpoint": "enabled", "ManagedBy": "account"}


@pytest.mark.parametrize("wrong", [{"HttpTokens": "maybe"}, {"HttpPutResponseHopLimit": 65}])
def test_refuses_wrong_metadata_defaults(ec2: Any, refused: Callable[..., str], wrong: Any) -> None:
    """Values out of range change nothing."""
    code = refused(ec2.modify_instance_metadata_defaults, InstanceMetadataTags="enabled", **wrong)

    assert code == "InvalidParameterValue"
    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {"ManagedBy": "account"}
