"""Decide where provider plugins come from: the registry, or a mirror on this machine."""

from __future__ import annotations

import fcntl
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Literal

from platform_lib.terraform.program import without_missing_cli_config

__all__ = ["ADD_ON_SOFTWARE", "ProviderSource", "choose_source", "registry_reachable"]

REGISTRY = "registry.terraform.io"

ADD_ON_SOFTWARE = Path("/opt")
"""Where add-on software lives (Filesystem Hierarchy Standard 3.0, section 3.13)."""

_DISCOVERY = f"https://{REGISTRY}/.well-known/terraform.json"
_REACHABLE_WITHIN_SECONDS = 3.0

Kind = Literal["cli-config", "plugin-dir", "implied-mirror", "system-mirror", "registry"]


@dataclass(frozen=True, slots=True)
class ProviderSource:
    """Where `terraform init` gets its plugins."""

    kind: Kind
    """Which rule of `choose_source` applied."""

    mirrors: tuple[Path, ...] = ()
    """The mirror folders, or the CLI configuration file."""

    cache: Path | None = None
    """Plugin cache in use; it is not safe for inits side by side."""

    def environment(self, environ: Mapping[str, str], work: Path) -> dict[str, str]:
        """Return `environ` with what Terraform needs to use this source; writes only below `work`."""
        result = without_missing_cli_config(environ)
        if self.kind in ("plugin-dir", "system-mirror"):
            config = work / "terraform.rc"
            blocks = "".join(
                f'  filesystem_mirror {{\n    path = "{path}"\n  }}\n' for path in self.mirrors
            )
            text = f"provider_installation {{\n{blocks}}}\n"
            if not config.is_file() or config.read_text() != text:
                work.mkdir(parents=True, exist_ok=True)
                config.write_text(text)
            result["TF_CLI_CONFIG_FILE"] = str(config.absolute())
        if self.cache is not None:
            result["TF_PLUGIN_CACHE_DIR"] = str(self.cache)
        return result

    def sentence(self) -> str | None:
        """Say what the user could not know: that a mirror was found and is used."""
        if self.kind != "system-mirror":
            return None
        return (
            f"{REGISTRY} cannot be reached; provider plugins come from {', '.join(map(str, self.mirrors))}"
            " (PLATFORM_PLUGIN_DIR chooses another folder)"
        )

    @contextmanager
    def init_turn(self) -> Iterator[None]:
        """Let one `init` at a time use the plugin cache, in this process and in others.

        The cache is not guaranteed to be safe for inits side by side
        (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache).
        """
        if self.cache is None:
            yield
            return
        self.cache.mkdir(parents=True, exist_ok=True)
        with (self.cache / ".platformctl.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def choose_source(
    environ: Mapping[str, str],
    *,
    needed: Sequence[str] = ("hashicorp/aws",),
    reachable: Callable[[], bool] | None = None,
    system: Path = ADD_ON_SOFTWARE,
) -> ProviderSource:
    """Choose by the first rule that applies.

    1. The user's CLI configuration, when the file exists: it says what it wants.
    2. `PLATFORM_PLUGIN_DIR`.
    3. The folders that Terraform searches by itself, when they hold every provider that is needed.
    4. The registry, when it can be reached.
    5. A mirror layout directly below the system's folder for add-on software.

    Args:
        environ: The user's environment.
        needed: Providers without a host, `namespace/type`.
        reachable: Whether the registry answers; asked at most once, and only at rule 4.
        system: The folder of rule 5.
    """
    home = Path(environ.get("HOME") or Path.home())
    config = Path(environ.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc")
    if not config.is_file():
        config = home / ".terraformrc"
    if config.is_file():
        return ProviderSource("cli-config", (config,), _user_cache(environ))
    if named := environ.get("PLATFORM_PLUGIN_DIR"):
        return ProviderSource("plugin-dir", (Path(named).absolute(),))
    implied = tuple(folder for folder in _implied_mirrors(environ, home) if folder.is_dir())
    if implied and all(any(_holds(folder, name) for folder in implied) for name in needed):
        return ProviderSource("implied-mirror", implied)
    if not (reachable or registry_reachable)():
        mirrors = tuple(
            sorted(path.parent for path in system.glob(f"*/{REGISTRY}") if path.is_dir())
        )
        if mirrors:
            return ProviderSource("system-mirror", mirrors)
    cache = _user_cache(environ) or home / ".terraform.d" / "plugin-cache"
    return ProviderSource("registry", cache=cache)


def registry_reachable() -> bool:
    """Ask the registry for its discovery document, for a few seconds at most.

    In a thread of its own, because looking a name up knows no time limit.
    """
    answers: list[bool] = []

    def ask() -> None:
        with (
            suppress(OSError, ValueError),
            urllib.request.urlopen(_DISCOVERY, timeout=_REACHABLE_WITHIN_SECONDS) as answer,
        ):
            answers.append(answer.status == HTTPStatus.OK)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_REACHABLE_WITHIN_SECONDS)
    return answers == [True]


def _user_cache(environ: Mapping[str, str]) -> Path | None:
    named = environ.get("TF_PLUGIN_CACHE_DIR")
    return Path(named).absolute() if named else None


def _implied_mirrors(environ: Mapping[str, str], home: Path) -> list[Path]:
    """List the folders of https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories."""
    folders = [home / ".terraform.d" / "plugins"]
    if sys.platform == "darwin":
        library = "Library/Application Support/io.terraform/plugins"
        return [*folders, home / library, Path("/") / library]
    data = [environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")]
    data += (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    return folders + [Path(folder) / "terraform" / "plugins" for folder in data if folder]


def _holds(mirror: Path, provider: str) -> bool:
    return (mirror / REGISTRY / provider).is_dir()
