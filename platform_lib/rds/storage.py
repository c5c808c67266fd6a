"""The storage of an RDS instance, gp3 that grows by itself; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from platform_lib.model import Model

STRIPED_GIB = 400
"""From this size on RDS stripes over four volumes, and IOPS and throughput can be chosen."""
_STRIPED_IOPS = 12_000
_STRIPED_THROUGHPUT = 500
_IOPS_PER_MIBPS = 4


class StorageConfig(Model):
    """Size and speed of the storage. It can grow, but never shrink."""

    size_gib: Annotated[int, Field(ge=20, le=65536)] = 20
    """Size at the start, 20 to 65536 GiB. Storage that has grown by itself is not shrunk."""

    max_gib: Annotated[int, Field(ge=20, le=65536)] = 100
    """Size up to which it grows by itself, in GiB; at least a tenth above ``size_gib``."""

    iops: Annotated[int, Field(ge=_STRIPED_IOPS, le=64_000)] | None = None
    """I/O operations per second, 12,000 to 64,000, from 400 GiB on; without it 12,000, and 3,000
    below 400 GiB."""

    throughput_mibps: Annotated[int, Field(ge=_STRIPED_THROUGHPUT, le=4000)] | None = None
    """Throughput in MiB per second, 500 to 4,000, from 400 GiB on; without it 500, and 125 below
    400 GiB."""

    @model_validator(mode="after")
    def _can_grow(self) -> StorageConfig:
        # RDS refuses a limit that is less than 10 percent above the size.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
        least = -(-self.size_gib * 11 // 10)
        if self.max_gib < least:
            raise ValueError(
                f"max_gib={self.max_gib} leaves size_gib={self.size_gib} no room to grow; write"
                f" max_gib={least} or more"
            )
        return self

    @model_validator(mode="after")
    def _chooses_speed_where_it_can(self) -> StorageConfig:
        given = {"iops": self.iops, "throughput_mibps": self.throughput_mibps}
        chosen = [f"{name}={value}" for name, value in given.items() if value is not None]
        if chosen and self.size_gib < STRIPED_GIB:
            raise ValueError(
                f"{' and '.join(chosen)} cannot be chosen for size_gib={self.size_gib}; leave it"
                f" out, or write size_gib={STRIPED_GIB} or more"
            )
        return self

    @model_validator(mode="after")
    def _has_speeds_that_fit(self) -> StorageConfig:
        iops, throughput = self.speed()
        if iops is None or throughput is None:
            return self
        if throughput * _IOPS_PER_MIBPS > iops:
            raise ValueError(
                f"throughput_mibps={throughput} is too much for iops={iops}; RDS gives up to a"
                f" quarter, here {iops // _IOPS_PER_MIBPS}: lower it or raise iops"
            )
        return self

    def speed(self) -> tuple[int | None, int | None]:
        """Return IOPS and throughput, or None twice where RDS decides.

        From 400 GiB on both are always stated: the provider would otherwise ask for the values of
        the smaller storage while it grows, and RDS refuses them.
        https://github.com/hashicorp/terraform-provider-aws/issues/28382
        """
        if self.size_gib < STRIPED_GIB:
            return None, None
        return self.iops or _STRIPED_IOPS, self.throughput_mibps or _STRIPED_THROUGHPUT
