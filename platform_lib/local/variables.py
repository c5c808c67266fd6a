"""The environment variables that send Terraform and boto3 to the emulated AWS and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping

__all__ = ["overlay", "variables"]

_REMOVED = (
    # Credentials and profiles of the person at the keyboard.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    # Settings that would choose another address than the emulator's.
    "AWS_CA_BUNDLE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_STS",
    "AWS_DYNAMODB_ENDPOINT",
    "AWS_IAM_ENDPOINT",
    "AWS_S3_ENDPOINT",
    "AWS_STS_ENDPOINT",
    # Proxies through which a request could leave the machine.
    "ALL_PROXY",
    "all_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "no_proxy",
)


def variables(endpoint: str, region: str) -> dict[str, str]:
    """Return what has to be set; an empty value means that the variable has to go.

    Terraform takes an empty value for an absent one, so plain merging is enough for it; boto3
    does not (an empty ``AWS_PROFILE`` is a missing profile), so use `overlay` where both run.

    Args:
        endpoint: Address of the emulator, ``http://127.0.0.1:<port>``.
        region: Region of the environment.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "emulated",
        "AWS_SECRET_ACCESS_KEY": "emulated",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # No shared files: a profile there could name another endpoint or a role.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # S3 Control puts the account before the host (123456789012.127.0.0.1), a name that no
        # resolver knows; the emulator is its own proxy and takes the request whole.
        "HTTP_PROXY": endpoint,
        "http_proxy": endpoint,
        # Replaces what the user has there, which could exempt the emulator's own names.
        "NO_PROXY": "localhost",
        **dict.fromkeys(_REMOVED, ""),
    }


def overlay(base: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return ``base`` with ``changes`` set and their empty ones removed, ready for a child process.

    A service's own ``AWS_ENDPOINT_URL_<SERVICE>`` in ``base`` goes too, whatever the service.
    """
    merged = {
        name: value for name, value in base.items() if not name.startswith("AWS_ENDPOINT_URL_")
    }
    merged.update(changes)
    return {name: value for name, value in merged.items() if value or name not in changes}
