"""The variables send everything to the emulator and leave nothing of the user's behind."""

from __future__ import annotations

import os

from platform_lib.local.variables import overlay, variables


def test_points_at_the_emulator() -> None:
    """Endpoint, region, credentials and the proxy for host-prefixed services are set."""
    changes = variables("http://127.0.0.1:4000", "eu-central-1")

    assert changes["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4000"
    assert changes["HTTP_PROXY"] == "http://127.0.0.1:4000"
    assert changes["AWS_REGION"] == "eu-central-1"
    assert changes["AWS_CONFIG_FILE"] == os.devnull


def test_empties_what_would_leave_the_machine() -> None:
    """Profiles, session tokens and proxies of the user are named with an empty value."""
    changes = variables("http://127.0.0.1:4000", "eu-central-1")

    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY", "AWS_ENDPOINT_URL_S3"):
        assert changes[name] == ""


def test_overlay_removes_the_empty_ones() -> None:
    """A child's environment has no empty AWS_PROFILE, which boto3 would take for a name."""
    base = {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL_RDS": "http://elsewhere",
        "EMPTY": "",
        "PATH": "/bin",
    }

    merged = overlay(base, variables("http://127.0.0.1:4000", "eu-central-1"))

    assert "AWS_PROFILE" not in merged
    assert "AWS_ENDPOINT_URL_RDS" not in merged
    assert merged["PATH"] == "/bin"
    assert merged["EMPTY"] == ""
