"""An Aurora cluster, its parts and its proxy as they are in a state: addresses and attributes."""

from __future__ import annotations

from platform_lib.testing.template import Block
from tests.terraform.changes import KEY

CLUSTER = "aws_rds_cluster.Orders"
FIRST = "aws_rds_cluster_instance.Orders_Instances_OrdersFirst"
STANDBY = "aws_rds_cluster_instance.Orders_Instances_OrdersStandby"
OTHER_READER = "aws_rds_cluster_instance.Orders_Instances_OrdersReports"
CLUSTER_GROUP = "aws_rds_cluster_parameter_group.Orders_ClusterParameters"
INSTANCE_GROUP = "aws_db_parameter_group.Orders_Parameters"
SCALING = "aws_appautoscaling_target.Orders_ReaderScaling"
PROXY = "aws_db_proxy.OrdersProxy"
POOL = "aws_db_proxy_default_target_group.OrdersProxy_TargetGroup"
TARGET = "aws_db_proxy_target.OrdersProxy_Target"

NAME = "shop-dev-orders"
GROUP = f"{NAME}-aurora-postgresql16-20261120121336318800000001"
HOST = "aaaaaaaaaaaa.us-east-1.rds.amazonaws.com"
ARN = "arn:aws:rds:us-east-1:111111111111"
SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:rds!cluster-1"
OUTSIDE = {
    # What references to the rest of the environment come to.
    "aws_kms_key.Data.arn": KEY,
    "aws_kms_key.Other.arn": KEY.replace("0a1b", "9f8e"),
    "aws_db_subnet_group.Vpc_SubnetGroups_Database.name": "shop-dev-vpc",
    "aws_db_subnet_group.Other_SubnetGroups_Database.name": "shop-dev-other",
    "aws_security_group.id": "sg-0123456789abcdef0",
    "aws_iam_role.arn": "arn:aws:iam::111111111111:role/shop-dev-orders",
    **{f"aws_subnet.Vpc_Database_Subnet{zone}.id": f"subnet-{zone}" for zone in "ABC"},
}
INSIDE = {
    # What references within a copy came to when it was made.
    "aws_rds_cluster.id": NAME,
    "aws_rds_cluster.engine": "aurora-postgresql",
    "aws_rds_cluster.db_subnet_group_name": "shop-dev-vpc",
    "aws_rds_cluster.master_user_secret[0].secret_arn": SECRET,
    "aws_rds_cluster_instance.cluster_identifier": NAME,
    "aws_rds_cluster_parameter_group.name": GROUP,
    "aws_db_parameter_group.name": GROUP,
    "aws_db_proxy.id": f"{NAME}-proxy",
    "aws_db_proxy_default_target_group.name": "default",
}
COMPUTED: dict[str, Block] = {
    # What AWS decides.
    "aws_rds_cluster": {
        "id": NAME,
        "allocated_storage": 1,
        "arn": f"{ARN}:cluster:{NAME}",
        "availability_zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
        "ca_certificate_identifier": "rds-ca-rsa2048-g1",
        "ca_certificate_valid_till": "2061-05-25T22:34:57Z",
        "cluster_identifier_prefix": "",
        "cluster_members": [f"{NAME}-first", f"{NAME}-standby"],
        "cluster_resource_id": "cluster-AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "cluster_scalability_type": "standard",
        "db_system_id": "",
        "delete_automated_backups": True,
        "enable_global_write_forwarding": False,
        "enable_http_endpoint": False,
        "enable_local_write_forwarding": False,
        "endpoint": f"{NAME}.cluster-{HOST}",
        "engine_mode": "provisioned",
        "engine_version_actual": "16.8",
        "hosted_zone_id": "Z2R2ITUGPM61AM",
        "iam_roles": [],
        "master_user_secret": [
            {"kms_key_id": KEY, "secret_arn": SECRET, "secret_status": "active"}
        ],
        "monitoring_interval": 0,
        "monitoring_role_arn": "",
        "network_type": "IPV4",
        "reader_endpoint": f"{NAME}.cluster-ro-{HOST}",
        "restore_to_point_in_time": [],
        "s3_import": [],
        "scaling_configuration": [],
        "serverlessv2_scaling_configuration": [],
    },
    "aws_rds_cluster_instance": {
        "availability_zone": "us-east-1a",
        "dbi_resource_id": "db-AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "engine_version": "16.8",
        "engine_version_actual": "16.8",
        "force_destroy": False,
        "identifier_prefix": "",
        "kms_key_id": KEY,
        "network_type": "IPV4",
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": KEY,
        "performance_insights_retention_period": 7,
        "port": 5432,
        "preferred_backup_window": "02:00-03:00",
        "storage_encrypted": True,
        "writer": True,
    },
    **{
        address: {
            "id": f"{NAME}-{name}",
            "arn": f"{ARN}:db:{NAME}-{name}",
            "endpoint": f"{NAME}-{name}.{HOST}",
        }
        for address, name in ((FIRST, "first"), (STANDBY, "standby"))
    },
    "aws_rds_cluster_parameter_group": {
        "id": GROUP,
        "arn": f"{ARN}:cluster-pg:{GROUP}",
        "name": GROUP,
    },
    "aws_db_parameter_group": {
        "id": GROUP,
        "arn": f"{ARN}:pg:{GROUP}",
        "name": GROUP,
        "skip_destroy": False,
    },
    "aws_appautoscaling_target": {
        "id": f"cluster:{NAME}",
        "arn": "arn:aws:application-autoscaling:us-east-1:111111111111:scalable-target/1",
        "role_arn": "arn:aws:iam::111111111111:role/aws-service-role/scaling",
        "suspended_state": [
            {
                "dynamic_scaling_in_suspended": False,
                "dynamic_scaling_out_suspended": False,
                "scheduled_scaling_suspended": False,
            }
        ],
    },
    "aws_db_proxy": {
        "id": f"{NAME}-proxy",
        "arn": f"{ARN}:db-proxy:prx-0123456789abcdef0",
        "endpoint": f"{NAME}-proxy.proxy-{HOST}",
        "auth": {"description": "", "username": ""},
    },
    "aws_db_proxy_default_target_group": {
        "id": f"{NAME}-proxy",
        "arn": f"{ARN}:target-group:prx-tg-0123456789abcdef0",
        "name": "default",
    },
    "aws_db_proxy_target": {
        "id": f"{NAME}-proxy/default/TRACKED_CLUSTER/{NAME}",
        "endpoint": "",
        "port": 5432,
        "rds_resource_id": NAME,
        "target_arn": "",
        "tracked_cluster_id": "",
        "type": "TRACKED_CLUSTER",
    },
}
