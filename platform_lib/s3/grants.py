"""BucketGrants: what a role may do with the objects below a prefix."""

from __future__ import annotations

import re

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.types import TokenStr

_PREFIX = re.compile(r"([\w.-]+/)*", re.ASCII)
_WRITE = ("s3:AbortMultipartUpload", "s3:PutObject")


class BucketGrants(Grants):
    """Permissions on the objects of one bucket; its key follows.

    Each verb takes a ``prefix`` such as ``receipts/``; without one it means the whole bucket.

    Raises:
        PlatformError: ``PrefixNotAFolder`` if the prefix does not end with a slash, since
            ``media`` would also give ``media-private/``, or if it has
            other characters than letters, digits and _.- in it.
    """

    def __init__(self, bucket: PlatformConstruct, *, key: Key | None, arn: TokenStr) -> None:
        super().__init__(bucket)
        self._key = key
        self._arn = arn

    def read(self, grantee: Grantee, *, prefix: str = "") -> Grant:
        """Let the role list and read objects."""
        if self._key is not None:
            self._key.grants.decrypt(grantee)
        return self._objects(grantee, "Read", prefix, "s3:GetObject", lists=True)

    def write(self, grantee: Grantee, *, prefix: str = "") -> Grant:
        """Let the role create and overwrite objects, but neither read nor delete."""
        if self._key is not None:
            self._key.grants.encrypt_decrypt(grantee)  # a multipart upload decrypts its own parts
        return self._objects(grantee, "Write", prefix, *_WRITE, lists=False)

    def read_write(self, grantee: Grantee, *, prefix: str = "") -> Grant:
        """Let the role list, read, create, overwrite and delete objects."""
        if self._key is not None:
            self._key.grants.encrypt_decrypt(grantee)
        actions = ("s3:DeleteObject", "s3:GetObject", *_WRITE)
        return self._objects(grantee, "ReadWrite", prefix, *actions, lists=True)

    def _objects(
        self, grantee: Grantee, verb: str, prefix: str, *actions: str, lists: bool
    ) -> Grant:
        if _PREFIX.fullmatch(prefix) is None:
            raise PlatformError(
                "PrefixNotAFolder",
                f"prefix {prefix!r} is not a folder; write folders of letters, digits and _.-, each"
                " ending with a slash",
                where=self._owner.node.path,
            )
        statements = [Statement(actions=actions, resources=(f"{self._arn}/{prefix}*",))]
        if lists:
            within = {"StringLike": {"s3:prefix": (f"{prefix}*",)}} if prefix else {}
            statements.append(
                Statement(actions=("s3:ListBucket",), resources=(self._arn,), conditions=within)
            )
        # A plus is allowed in a policy's name and not in a prefix, so different prefixes stay so.
        folders = "".join(f"+{folder}" for folder in prefix.split("/") if folder)
        return self._give(grantee, f"{verb}{folders}", *statements)
