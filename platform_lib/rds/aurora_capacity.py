"""How large an Aurora cluster is: instance classes, serverless capacity, readers; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.network.config import Zone
from platform_lib.types import Slug, matching

_AURORA_CLASS = matching(
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
    r"db\.((r|x)[0-9]+[a-z]*\.(large|([1-9][0-9]*)?xlarge)|t(3|4g)\.(medium|large))",
    "an instance class of Aurora PostgreSQL; use one of the r and x families, or db.t4g.medium,"
    " as in 'db.r7g.large'",
)

AuroraInstanceClass = Annotated[str, AfterValidator(_AURORA_CLASS)]
"""An instance class of Aurora PostgreSQL: memory-optimized, or small and burstable."""


def _is_half_step(value: float) -> float:
    if value * 2 != int(value * 2):
        below = int(value * 2) / 2
        raise ValueError(
            f"{value:g} ACU is no step of 0.5, in which Aurora scales; use {below:g} or"
            f" {below + 0.5:g}"
        )
    return value


_GIB_PER_ACU = 2
_HalfStep = AfterValidator(_is_half_step)


class ServerlessCapacity(Model):
    """How far each serverless instance shrinks and grows, in Aurora capacity units (ACU).

    One unit has about 2 GiB of memory. Changes apply in place and without interruption.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
    """

    minimum_acu: Annotated[float, Field(ge=0, le=256), _HalfStep]
    """Least capacity, 0 to 256 in steps of 0.5. At 0 an instance without connections pauses, and
    the next connection waits about fifteen seconds for it."""

    maximum_acu: Annotated[float, Field(ge=1, le=256), _HalfStep]
    """Most capacity, 1 to 256 in steps of 0.5. ``max_connections`` follows from it."""

    pause_after_seconds: Annotated[int, Field(ge=300, le=86400)] | None = None
    """Seconds without a connection after which an instance pauses, 300 to 86,400; only with
    ``minimum_acu=0``, where AWS's default is 300.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html"""

    @model_validator(mode="after")
    def _is_a_range(self) -> ServerlessCapacity:
        if self.minimum_acu > self.maximum_acu:
            raise ValueError(
                f"minimum_acu={self.minimum_acu:g} is above maximum_acu={self.maximum_acu:g};"
                f" use 0 to {self.maximum_acu:g}, or raise maximum_acu"
            )
        if self.pause_after_seconds is not None and not self.pauses:
            raise ValueError(
                f"pause_after_seconds={self.pause_after_seconds} has no effect with"
                f" minimum_acu={self.minimum_acu:g}: only an instance that may shrink to 0"
                " pauses; set minimum_acu=0 or leave pause_after_seconds out"
            )
        return self

    @property
    def memory_gib(self) -> float:
        """Memory of an instance at its largest."""
        return self.maximum_acu * _GIB_PER_ACU

    @property
    def pauses(self) -> bool:
        """Whether instances pause when nobody is connected."""
        return self.minimum_acu == 0


class ReaderConfig(Model):
    """One reader of an Aurora cluster: it answers queries, and takes over when the writer fails."""

    instance_class: AuroraInstanceClass | None = None
    """Its class; by default it is as large as the writer, so that it can take over the load."""

    zone: Zone | None = None
    """Zone that it is in; by default Aurora spreads the instances.
    **Changing this replaces the reader.**"""

    promotion_tier: Annotated[int, Field(ge=0, le=15)] = 1
    """Order of taking over, 0 first, 15 last. Serverless readers of tier 0 and 1 are kept as
    large as the writer.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"""


class ReaderScaling(Model):
    """Readers that come and go with the load, besides those that have names.

    They have the writer's class and are last in the order of taking over. Aurora removes only
    readers that it added.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
    """

    minimum: Annotated[int, Field(ge=1, le=15)] = 1
    """Fewest readers, those with names counted, 1 to 15."""

    maximum: Annotated[int, Field(ge=1, le=15)]
    """Most readers, those with names counted, 1 to 15."""

    target_cpu_percent: Annotated[int, Field(ge=10, le=90)] | None = None
    """Processor use of the readers, on average, that Aurora aims at, 10 to 90."""

    target_connections: Annotated[int, Field(ge=1)] | None = None
    """Connections per reader, on average, that Aurora aims at, instead of processor use."""

    scale_in_cooldown_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """Seconds after which another reader may be removed, 0 to 3600."""

    scale_out_cooldown_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """Seconds after which another reader may be added, 0 to 3600; a reader takes minutes to come
    up, and until then the others look busy still."""

    @model_validator(mode="after")
    def _is_one_range_and_one_target(self) -> ReaderScaling:
        if self.minimum > self.maximum:
            raise ValueError(
                f"minimum={self.minimum} is above maximum={self.maximum}; use 1 to"
                f" {self.maximum}, or raise maximum"
            )
        if (self.target_cpu_percent is None) == (self.target_connections is None):
            given = "neither" if self.target_cpu_percent is None else "both"
            raise ValueError(
                f"target_cpu_percent and target_connections: {given} given; give one of them,"
                " for example target_cpu_percent=60"
            )
        return self

    @property
    def target(self) -> tuple[str, int]:
        """The metric that Aurora watches, by its name in AWS, and the value that it aims at."""
        targets = {
            "RDSReaderAverageCPUUtilization": self.target_cpu_percent,
            "RDSReaderAverageDatabaseConnections": self.target_connections,
        }
        return next((metric, value) for metric, value in targets.items() if value is not None)


FIRST = "first"
"""Name of the instance that a cluster starts with, which no reader can have. It is the writer
until the first failover, and after that a reader like the others."""

MOST_READERS = 15
"""https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html"""


def check_readers(readers: Mapping[Slug, ReaderConfig], scaling: ReaderScaling | None) -> None:
    """Refuse readers that Aurora cannot have.

    Raises:
        ValueError: A reserved name, too many readers, or scaling below those with names.
    """
    if FIRST in readers:
        raise ValueError(
            f"readers has one called {FIRST!r}, which is the name of the cluster's first"
            " instance; call it something else"
        )
    if len(readers) > MOST_READERS:
        raise ValueError(
            f"readers lists {len(readers)}; a cluster has {MOST_READERS} at most: take some out"
        )
    if scaling is not None and scaling.maximum < len(readers):
        raise ValueError(
            f"reader_scaling.maximum={scaling.maximum} is below the {len(readers)} readers that"
            f" have names, and counts them; use {len(readers)} to {MOST_READERS}"
        )
