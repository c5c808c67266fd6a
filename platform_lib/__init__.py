"""AWS platforms in typed Python, emitted as Terraform JSON with CDKTF."""

from platform_lib import bindings

bindings.install()
