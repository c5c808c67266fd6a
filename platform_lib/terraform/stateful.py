"""Which resources hold something that cannot be made again by applying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["STATEFUL_TYPES", "why_stateful"]

STATEFUL_TYPES: Mapping[str, str] = {
    # Keys and secrets
    "aws_kms_key": "everything encrypted with it becomes unreadable",
    "aws_kms_replica_key": "everything encrypted with it becomes unreadable",
    "aws_kms_external_key": "everything encrypted with it becomes unreadable",
    "aws_secretsmanager_secret": "its value is lost",
    "aws_ssm_parameter": "its value may have been set outside Terraform",
    "aws_acmpca_certificate_authority": "every certificate that it issued loses its issuer",
    # Network: addresses that others know, and what everything else stands in
    "aws_vpc": "everything in the network stands in it",
    "aws_subnet": "what runs in it has to be moved first",
    "aws_eip": "the address is on other people's allow lists and cannot be had back",
    "aws_vpn_connection": "the tunnels' addresses and keys are configured at the other end",
    "aws_dx_connection": "the physical line has to be ordered again",
    "aws_ec2_transit_gateway": "every attached network loses its routes",
    "aws_globalaccelerator_accelerator": "its addresses are on other people's allow lists",
    "aws_route53_zone": "its name servers are set at the registrar, and its records go with it",
    "aws_cloudfront_distribution": "its domain name is in DNS records that others own",
    "aws_sesv2_email_identity": "nothing can be sent from the domain until it is proven again",
    # Object, file and block storage
    "aws_s3_bucket": "its objects are lost, and somebody else may take its name",
    "aws_s3_directory_bucket": "its objects are lost",
    "aws_s3tables_table_bucket": "its tables are lost",
    "aws_efs_file_system": "its files are lost",
    "aws_fsx_lustre_file_system": "its files are lost",
    "aws_fsx_ontap_file_system": "its files are lost",
    "aws_fsx_openzfs_file_system": "its files are lost",
    "aws_fsx_windows_file_system": "its files are lost",
    "aws_ebs_volume": "its data is lost",
    "aws_ebs_snapshot": "the copy is lost",
    "aws_backup_vault": "its recovery points are lost",
    # Databases
    "aws_db_instance": "its data is lost",
    "aws_db_snapshot": "the copy is lost",
    "aws_db_cluster_snapshot": "the copy is lost",
    "aws_rds_cluster": "its data is lost",
    "aws_rds_cluster_instance": "its connections are cut, and the only one of a cluster takes it down",
    "aws_rds_global_cluster": "its regions stop following each other",
    "aws_docdb_cluster": "its data is lost",
    "aws_neptune_cluster": "its data is lost",
    "aws_redshift_cluster": "its data is lost",
    "aws_redshiftserverless_namespace": "its data is lost",
    "aws_dynamodb_table": "its items are lost",
    "aws_keyspaces_table": "its rows are lost",
    "aws_timestreamwrite_table": "its records are lost",
    "aws_opensearch_domain": "its indices are lost",
    "aws_elasticache_cluster": "its data is lost",
    "aws_elasticache_replication_group": "its data is lost",
    "aws_elasticache_global_replication_group": "its regions stop following each other",
    "aws_elasticache_serverless_cache": "its data is lost",
    "aws_memorydb_cluster": "its data is lost",
    # Messages and streams
    "aws_mq_broker": "its messages are lost and its endpoints change",
    "aws_msk_cluster": "its topics are lost",
    "aws_msk_serverless_cluster": "its topics are lost",
    "aws_kinesis_stream": "its records are lost",
    "aws_sqs_queue": "its messages are lost",
    "aws_sns_topic": "its confirmed subscriptions are lost",
    # What was recorded
    "aws_cloudwatch_log_group": "its log events are lost",
    "aws_cloudtrail_event_data_store": "its audit trail is lost",
    "aws_guardduty_detector": "its findings are lost",
    "aws_prometheus_workspace": "its metrics are lost",
    "aws_grafana_workspace": "its dashboards are lost",
    # Images, identities and clusters
    "aws_ecr_repository": "its images are lost, also those that run now",
    "aws_ecrpublic_repository": "its images are lost",
    "aws_cognito_user_pool": "its users are lost",
    "aws_cognito_identity_pool": "its identities are lost",
    "aws_identitystore_user": "its assignments are lost",
    "aws_organizations_account": "the account leaves the organisation",
    "aws_eks_cluster": "everything that runs in it is lost, and its endpoint changes",
    # Kubernetes
    "kubernetes_namespace_v1": "everything in it is deleted with it",
    "kubernetes_persistent_volume_claim_v1": "its volume may be deleted with it",
    "kubernetes_secret_v1": "its value may have been set outside Terraform",
}
"""Resource type and what is lost with it; other types are protected by their settings only."""

_PROTECTION: Mapping[str, str] = {
    "deletion_protection": "deletion protection is on",
    "deletion_protection_enabled": "deletion protection is on",
    "enable_deletion_protection": "deletion protection is on",
    "disable_api_termination": "termination protection is on",
}
"""Arguments by which the AWS provider turns on the service's own protection."""


def why_stateful(kind: str, before: Mapping[str, Any], declared: Mapping[str, Any]) -> str | None:
    """Say what is lost with a resource, or that it is protected; None when it can be made again.

    Args:
        kind: Resource type.
        before: Its values in the state.
        declared: Its block in the JSON; empty when it was deleted from the code.
    """
    if kind in STATEFUL_TYPES:
        return STATEFUL_TYPES[kind]
    for name, reason in _PROTECTION.items():
        if before.get(name) in (True, "true"):
            return reason
    if declared.get("lifecycle", {}).get("prevent_destroy") in (True, "true"):
        return "prevent_destroy is set"
    return None
