"""Scalable targets keep their tags, and their policies go with them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

_COUNT = {"ServiceNamespace": "rds", "ScalableDimension": "rds:cluster:ReadReplicaCount"}


@pytest.fixture
def scaling(client: Callable[[str], Any]) -> Any:
    """Return the client of Application Auto Scaling."""
    return client("application-autoscaling")


@pytest.fixture
def readers(client: Callable[[str], Any]) -> Iterator[dict[str, str]]:
    """Return the readers of a cluster as something to be scaled."""
    name = f"catalog-{secrets.token_hex(4)}"
    rds = client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="platform",
        MasterUserPassword="planted-password",
    )
    yield _COUNT | {"ResourceId": f"cluster:{name}"}
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


@pytest.fixture
def target(scaling: Any, readers: dict[str, str]) -> str:
    """Return the ARN of a target with a tag."""
    made = scaling.register_scalable_target(
        **readers, MinCapacity=1, MaxCapacity=4, Tags={"Step": "first"}
    )
    return str(made["ScalableTargetARN"])


def _policy(metric: str = "RDSReaderAverageCPUUtilization", value: float = 60) -> dict[str, Any]:
    return {
        "PolicyName": "readers",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": value,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    }


def test_a_target_has_tags(scaling: Any, target: str) -> None:
    """They are given with it, changed, and taken off."""
    given = scaling.list_tags_for_resource(ResourceARN=target)["Tags"]
    scaling.tag_resource(ResourceARN=target, Tags={"Step": "second", "More": "1"})
    scaling.untag_resource(ResourceARN=target, TagKeys=["More"])

    assert given == {"Step": "first"}
    assert scaling.list_tags_for_resource(ResourceARN=target)["Tags"] == {"Step": "second"}


def test_a_target_reads_back_complete(scaling: Any, readers: dict[str, str], target: str) -> None:
    """With the role that AWS makes, and nothing suspended."""
    found = scaling.describe_scalable_targets(
        ServiceNamespace="rds", ResourceIds=[readers["ResourceId"]]
    )["ScalableTargets"][0]

    assert found["ScalableTargetARN"] == target
    assert found["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_RDSCluster")
    assert set(found["SuspendedState"].values()) == {False}


def test_refuses_tags_of_nothing(scaling: Any, target: str, refused: Callable[..., str]) -> None:
    """And more than AWS keeps."""
    unknown = f"{target}x"

    codes = {
        refused(scaling.list_tags_for_resource, ResourceARN=unknown),
        refused(scaling.tag_resource, ResourceARN=unknown, Tags={"a": "b"}),
        refused(scaling.untag_resource, ResourceARN=unknown, TagKeys=["a"]),
    }
    many = {str(number): "x" for number in range(50)}

    assert codes == {"ResourceNotFoundException"}
    assert refused(scaling.tag_resource, ResourceARN=target, Tags=many) == "TooManyTagsException"


@pytest.mark.parametrize(
    "limits",
    [
        {"MinCapacity": 1},
        {"MinCapacity": 4, "MaxCapacity": 1},
        {"MinCapacity": 0, "MaxCapacity": 16},
    ],
)
def test_refuses_limits_that_do_not_exist(
    scaling: Any, readers: dict[str, str], refused: Callable[..., str], limits: dict[str, int]
) -> None:
    """Both, in order, and as many readers as Aurora has."""
    code = refused(scaling.register_scalable_target, **readers, **limits)

    assert code == "ValidationException"


def test_one_limit_is_changed(scaling: Any, readers: dict[str, str], target: str) -> None:
    """The other stays, and so does the target."""
    changed = scaling.register_scalable_target(**readers, MaxCapacity=6)

    found = scaling.describe_scalable_targets(
        ServiceNamespace="rds", ResourceIds=[readers["ResourceId"]]
    )["ScalableTargets"][0]
    assert changed["ScalableTargetARN"] == target
    assert (found["MinCapacity"], found["MaxCapacity"]) == (1, 6)


def test_refuses_readers_of_no_cluster(scaling: Any, refused: Callable[..., str]) -> None:
    """The cluster has to exist."""
    code = refused(
        scaling.register_scalable_target,
        **_COUNT,
        ResourceId="cluster:nobody",
        MinCapacity=1,
        MaxCapacity=2,
    )

    assert code == "ValidationException"


def test_a_changed_policy_is_the_same_policy(
    scaling: Any, readers: dict[str, str], target: str
) -> None:
    """Its ARN stays."""
    del target

    first = scaling.put_scaling_policy(**readers, **_policy())
    second = scaling.put_scaling_policy(**readers, **_policy(value=70))

    found = scaling.describe_scaling_policies(
        ServiceNamespace="rds", ResourceId=readers["ResourceId"]
    )["ScalingPolicies"]
    values = [policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for policy in found]
    assert first["PolicyARN"] == second["PolicyARN"]
    assert values == [70]


def test_refuses_a_policy_without_a_target(
    scaling: Any, readers: dict[str, str], refused: Callable[..., str]
) -> None:
    """There is nothing to be scaled."""
    code = refused(scaling.put_scaling_policy, **readers, **_policy())

    assert code == "ObjectNotFoundException"


def test_refuses_a_metric_that_aurora_does_not_have(
    scaling: Any, readers: dict[str, str], target: str, refused: Callable[..., str]
) -> None:
    """Those of other services do not fit."""
    del target

    code = refused(
        scaling.put_scaling_policy, **readers, **_policy("ECSServiceAverageCPUUtilization")
    )

    assert code == "ValidationException"


def test_policies_and_tags_go_with_their_target(
    scaling: Any, readers: dict[str, str], target: str, refused: Callable[..., str]
) -> None:
    """Nothing is left of it."""
    scaling.put_scaling_policy(**readers, **_policy())

    scaling.deregister_scalable_target(**readers)

    left = scaling.describe_scaling_policies(
        ServiceNamespace="rds", ResourceId=readers["ResourceId"]
    )["ScalingPolicies"]
    assert left == []
    assert (
        refused(scaling.list_tags_for_resource, ResourceARN=target) == "ResourceNotFoundException"
    )
