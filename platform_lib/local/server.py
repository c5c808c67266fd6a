"""The emulated AWS as an object: started, asked and ended by its owner."""

from __future__ import annotations

import os
import re
from types import TracebackType
from typing import Self

from platform_lib.errors import OperationError, PlatformError
from platform_lib.local import client
from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.process import Started, end, start
from platform_lib.local.variables import variables

__all__ = ["LocalAws", "check_account_id"]


def check_account_id(account_id: str) -> None:
    """Refuse what cannot be an AWS account.

    Raises:
        PlatformError: ``AccountIdInvalid``.
    """
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise PlatformError(
            "AccountIdInvalid",
            f"account_id={account_id!r} is not an AWS account; give its twelve digits",
        )


class LocalAws:
    """One emulated AWS account on a loopback port, in a process that never outlives its owners.

    The process ends on `stop`, and also when the last holder of `lifeline_fd` ends, even by
    ``kill -9``. A supervisor that was started with ``pass_fds=[aws.lifeline_fd]`` is such a
    holder: a Terraform that is still saving its state keeps the emulator alive until it is done.

    Args:
        account_id: The twelve digits that it answers as.
        region: Region of `environment`; every other region exists too.
        port: Port on 127.0.0.1; a free one is picked if None.
    """

    def __init__(self, *, account_id: str, region: str, port: int | None = None) -> None:
        check_account_id(account_id)
        self.account_id = account_id
        """Account that it answers as."""

        self.region = region
        """Region of `environment`."""

        self._port = port
        self._started: Started | None = None
        self._lifeline: int | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the process and return when it answers; a second call changes nothing.

        Raises:
            OperationError: ``PortBusy`` or ``EmulatorNotStarted``.
        """
        if self._started is not None:
            return self
        reader, writer = os.pipe()
        try:
            self._started = start(
                account_id=self.account_id,
                region=self.region,
                port=self._port,
                lifeline_fd=reader,
            )
        except BaseException:
            os.close(writer)
            raise
        finally:
            os.close(reader)
        self._lifeline = writer
        return self

    def stop(self) -> None:
        """End the process and wait for it; harmless when it is not running."""
        if self._started is not None:
            end(self._started.process)
            self._started = None
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    @property
    def port(self) -> int:
        """Port on 127.0.0.1."""
        return self._running().port

    @property
    def pid(self) -> int:
        """Process id of the emulator."""
        return self._running().process.pid

    @property
    def endpoint(self) -> str:
        """Address for ``AWS_ENDPOINT_URL``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lifeline_fd(self) -> int:
        """Descriptor to pass on (``pass_fds``) to a process that must not lose the emulator."""
        self._running()
        assert self._lifeline is not None  # noqa: S101 - set together with the process
        return self._lifeline

    def environment(self) -> dict[str, str]:
        """Return the variables for Terraform and boto3; an empty value means: remove it."""
        return variables(self.endpoint, self.region)

    def reset(self) -> None:
        """Empty the account and forget the gaps."""
        client.reset(self.port)

    def inventory(self) -> list[Item]:
        """Return what somebody made and nobody deleted, sorted."""
        return [Item(**item) for item in client.inventory(self.port)]

    def unimplemented(self) -> list[Gap]:
        """Return the actions answered 501 so far, exceptions inside moto included."""
        return client.gaps(self.port)

    def _running(self) -> Started:
        if self._started is None:
            raise OperationError(
                "EmulatorGone", "the emulated AWS is not running; call start() first"
            )
        return self._started
