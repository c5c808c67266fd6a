"""Services as one environment runs them, and the repositories that they need."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.service_config import ScalingConfig
from platform_lib.errors import PlatformError
from platform_lib.services.catalogue import adjusted, images_of
from platform_lib.services.config import Scheduler, Service, WebService, Worker
from tests.config.service_shop import IMAGE, job, migration, scheduler, task, web, worker

DIGEST = f"sha256:{'a' * 64}"
NGINX = ImageConfig(repository="docker.io/library/nginx", version=DIGEST)
SHOP: Mapping[str, Service] = {
    "migration": migration(),
    "api": web(tasks=ScalingConfig(minimum=2, maximum=10, cpu_percent=50)),
    "worker": worker(tasks=3),
    "beat": scheduler(),
    "cleanup": job(),
    "web": web(task=task(port=80, image=ImageConfig(repository="shop/web", version="5"))),
    "proxy": web(task=task(port=80, image=NGINX)),
}


def versions(services: Mapping[str, Service]) -> dict[str, str | None]:
    """Return the version of each service's image."""
    return {name: it.task.container.image.version for name, it in services.items()}


def tasks(services: Mapping[str, Service]) -> dict[str, int | tuple[int, int]]:
    """Return how many tasks each service runs."""
    return {
        name: (it.tasks.minimum, it.tasks.maximum) if isinstance(it.tasks, ScalingConfig) else it.tasks
        for name, it in services.items()
        if isinstance(it, WebService | Worker | Scheduler)
    }  # fmt: skip


def test_repositories_are_those_of_our_images() -> None:
    """Each once, in order; what is elsewhere needs none."""
    assert images_of(SHOP) == ("shop/app", "shop/web")
    assert images_of({}) == ()


def test_nothing_is_adjusted_that_is_not_said() -> None:
    """Production runs what the file says."""
    assert adjusted(SHOP) == SHOP


def test_a_version_goes_to_all_that_run_the_image() -> None:
    """Migration, service, worker, scheduler and job move together."""
    changed = adjusted(SHOP, versions={"shop/app": "1.0.0-dev"})

    assert versions(changed) == {
        **dict.fromkeys(("migration", "api", "worker", "beat", "cleanup"), "1.0.0-dev"),
        "web": "5",
        "proxy": DIGEST,
    }
    assert {name: type(it) for name, it in changed.items()} == {
        name: type(it) for name, it in SHOP.items()
    }


def test_a_version_may_be_a_digest() -> None:
    """What was tested is what runs."""
    assert versions(adjusted(SHOP, versions={"shop/web": DIGEST}))["web"] == DIGEST


@pytest.mark.parametrize("repository", ["shop/ap", "docker.io/library/nginx"])
def test_a_version_of_no_image_of_ours_is_refused(repository: str) -> None:
    """A misspelt repository would else change nothing, without a word."""
    with pytest.raises(PlatformError) as refused:
        adjusted(SHOP, versions={repository: "2"})

    assert str(refused.value) == (
        f"versions names {repository!r}, and the services run images of 'shop/app', 'shop/web';"
        " use one of those [UnknownRepository]"
    )


def test_a_version_that_moves_is_refused() -> None:
    """As in the services file."""
    with pytest.raises(ValidationError, match="is moved from image to image"):
        adjusted(SHOP, versions={"shop/app": "latest"})


def test_fewer_tasks_run_where_that_is_said() -> None:
    """Limits are replaced, numbers are lowered, and a scheduler is one."""
    assert tasks(adjusted(SHOP, tasks=(1, 2))) == {
        "api": (1, 2),
        "worker": 2,
        "beat": 1,
        "web": 2,
        "proxy": 2,
    }


def test_numbers_are_not_raised() -> None:
    """A small environment does not become larger by accident."""
    assert tasks(adjusted(SHOP, tasks=(1, 9)))["worker"] == 3


def test_everything_else_of_scaling_stays() -> None:
    """The limits are what differs by environment."""
    api = adjusted(SHOP, tasks=(1, 2))["api"]

    assert isinstance(api, WebService)
    assert api.tasks == ScalingConfig(minimum=1, maximum=2, cpu_percent=50)


def test_limits_the_wrong_way_round_are_refused() -> None:
    """The same sentence as in the services file, at the line of the environment."""
    with pytest.raises(ValidationError, match="minimum=3 is above maximum=1"):
        adjusted(SHOP, tasks=(3, 1))


def test_lines_stay_those_of_the_services_file() -> None:
    """Only what an environment has changed was written there."""
    api = adjusted(SHOP, versions={"shop/app": "2"}, tasks=(1, 2))["api"]

    assert api.written_at() == SHOP["api"].written_at()
    assert api.task.container.image.written_at("repository") == IMAGE.written_at()
    assert api.task.container.image.written_at("version") != IMAGE.written_at()
