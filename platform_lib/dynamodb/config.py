"""What a person writes about DynamoDB tables; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import matching

AttributeName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[\x21-\x7e]{1,255}", "an attribute name; use 1 to 255 printable characters, no space"
        )
    ),
]
"""Name of an attribute. DynamoDB allows 64 KB of any text in general, and 255 bytes in a key.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

IndexName = Annotated[
    str,
    AfterValidator(
        matching(r"[A-Za-z0-9_.-]{3,255}", "an index name; use 3 to 255 letters, digits and _.-")
    ),
]
"""Name of an index.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""


class KeyAttribute(Model):
    """An attribute that items are found by."""

    name: AttributeName
    """Its name."""

    type: Literal["S", "N", "B"] = "S"
    """What it holds: a string (``S``), a number (``N``) or bytes (``B``)."""


class TableIndex(Model):
    """Another way to find items: a global secondary index with all attributes."""

    partition_key: KeyAttribute
    """What items are spread by."""

    sort_key: KeyAttribute | None = None
    """What items of one partition are ordered by."""


class TableConfig(Model):
    """One DynamoDB table, paid by request."""

    partition_key: KeyAttribute
    """What items are spread by. **Another name replaces the table**; another type Terraform does not
    notice. https://github.com/hashicorp/terraform-provider-aws/issues/14476"""

    sort_key: KeyAttribute | None = None
    """What items of one partition are ordered by. **Another name replaces the table**; another type
    Terraform does not notice."""

    indexes: Annotated[Mapping[IndexName, TableIndex], Field(max_length=20)] = {}
    """Global secondary indexes by name, 20 at most; added and removed in place.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""

    expires_by: AttributeName | None = None
    """Attribute with the second (Unix time) after which an item is deleted; without it none is."""

    recovery_days: Annotated[int, Field(ge=1, le=35)] = 35
    """Days to any second of which the table can be restored, 1 to 35.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html"""

    @model_validator(mode="after")
    def _keys_agree(self) -> TableConfig:
        kinds: dict[str, str] = {}
        for key in self.key_attributes():
            if kinds.setdefault(key.name, key.type) != key.type:
                raise ValueError(
                    f"attribute {key.name!r} is of type {kinds[key.name]!r} in one key and"
                    f" {key.type!r} in another; an attribute has one type in all keys of a table"
                )
        pairs = [("the table", self.partition_key, self.sort_key)]
        pairs += [
            (f"index {name!r}", index.partition_key, index.sort_key)
            for name, index in self.indexes.items()
        ]
        for where, partition_key, sort_key in pairs:
            if sort_key is not None and sort_key.name == partition_key.name:
                raise ValueError(
                    f"partition_key and sort_key of {where} are both {sort_key.name!r};"
                    " name two attributes, or leave sort_key out"
                )
        return self

    def key_attributes(self) -> list[KeyAttribute]:
        """Return every key attribute of the table and its indexes, with repetitions."""
        keys = [self.partition_key, self.sort_key]
        for index in self.indexes.values():
            keys += [index.partition_key, index.sort_key]
        return [key for key in keys if key is not None]
