"""Provider plugins come from where the first rule that applies says."""

from __future__ import annotations

import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform import providers
from platform_lib.terraform.events import ProvidersChosen
from platform_lib.terraform.program import Program
from platform_lib.terraform.providers import ProviderSource, choose_source
from platform_lib.terraform.schedule import Schedule
from platform_lib.terraform.session import TerraformSession

if TYPE_CHECKING:
    from tests.terraform.conftest import App, Lab


def mirror(folder: Path, provider: str = "hashicorp/aws") -> Path:
    """Make a folder with the layout of a provider mirror."""
    (folder / "registry.terraform.io" / provider / "1.0.0" / "linux_amd64").mkdir(parents=True)
    return folder


class Machine:
    """A machine in a folder: home, add-on software and a registry that counts questions."""

    def __init__(self, folder: Path, *, online: bool) -> None:
        self.folder = folder
        self.online = online
        self.asked = 0

    def _reachable(self) -> bool:
        self.asked += 1
        return self.online

    def choose(self, **environ: str) -> ProviderSource:
        """Choose with this machine's folders."""
        return choose_source(
            {
                "HOME": str(self.folder / "home"),
                "XDG_DATA_DIRS": str(self.folder / "share"),
                **environ,
            },
            reachable=self._reachable,
            system=self.folder / "add-on",
        )


@pytest.fixture
def offline(tmp_path: Path) -> Machine:
    """Return a machine without a registry, with a mirror among its add-on software."""
    mirror(tmp_path / "add-on" / "plugins")
    (tmp_path / "add-on" / "other").mkdir()
    return Machine(tmp_path, online=False)


def test_the_users_configuration_goes_first(offline: Machine) -> None:
    """An existing CLI configuration file decides, by variable or in the home folder."""
    named = offline.folder / "rc"
    named.touch()
    home = offline.folder / "home" / ".terraformrc"
    home.parent.mkdir()
    home.touch()

    by_variable = offline.choose(TF_CLI_CONFIG_FILE=str(named), PLATFORM_PLUGIN_DIR="/plugins")
    by_home = offline.choose(TF_CLI_CONFIG_FILE="/nowhere", PLATFORM_PLUGIN_DIR="/plugins")

    assert by_variable == ProviderSource("cli-config", (named,))
    assert by_home == ProviderSource("cli-config", (home,))
    assert offline.asked == 0


def test_the_variable_goes_second(offline: Machine) -> None:
    """PLATFORM_PLUGIN_DIR is taken unless a configuration file exists."""
    found = offline.choose(TF_CLI_CONFIG_FILE="/nowhere", PLATFORM_PLUGIN_DIR="/plugins")

    assert found == ProviderSource("plugin-dir", (Path("/plugins"),))
    assert offline.asked == 0


@pytest.mark.parametrize(
    "folder",
    ["home/.terraform.d/plugins", "home/.local/share/terraform/plugins", "share/terraform/plugins"],
)
def test_terraforms_own_folders_go_third(offline: Machine, folder: str) -> None:
    """A folder that Terraform searches by itself is used when it holds what is needed."""
    place = mirror(offline.folder / folder)

    found = offline.choose()

    assert found == ProviderSource("implied-mirror", (place,))
    assert offline.asked == 0


def test_a_folder_without_the_provider_does_not_count(offline: Machine) -> None:
    """A mirror that lacks a needed provider is passed over."""
    mirror(offline.folder / "home/.terraform.d/plugins", "hashicorp/random")

    assert offline.choose().kind == "system-mirror"


def test_the_registry_goes_before_add_on_software(offline: Machine) -> None:
    """A mirror that nobody named is used only when the registry cannot be reached."""
    offline.online = True

    found = offline.choose()

    assert found.kind == "registry"
    assert found.cache == offline.folder / "home/.terraform.d/plugin-cache"
    assert found.sentence() is None
    assert offline.asked == 1


def test_a_mirror_among_add_on_software_is_named(offline: Machine) -> None:
    """Any folder with the layout is found, and the user is told."""
    found = offline.choose()

    place = offline.folder / "add-on" / "plugins"
    assert found == ProviderSource("system-mirror", (place,))
    assert found.sentence() == (
        f"registry.terraform.io cannot be reached; provider plugins come from {place}"
        " (PLATFORM_PLUGIN_DIR chooses another folder)"
    )


def test_nothing_anywhere_is_left_to_the_registry(tmp_path: Path) -> None:
    """Without any mirror Terraform is to say itself that the registry cannot be reached."""
    assert Machine(tmp_path, online=False).choose().kind == "registry"


def test_a_chosen_mirror_is_written_down(tmp_path: Path) -> None:
    """The configuration names the mirrors and nothing else, and replaces a variable that names no file."""
    source = ProviderSource("plugin-dir", (Path("/a"), Path("/b")))
    work = tmp_path / "work"

    environ = source.environment({"TF_CLI_CONFIG_FILE": "/nowhere", "A": "1"}, work)

    assert environ == {"A": "1", "TF_CLI_CONFIG_FILE": str(work / "terraform.rc")}
    assert (work / "terraform.rc").read_text() == (
        'provider_installation {\n  filesystem_mirror {\n    path = "/a"\n  }\n'
        '  filesystem_mirror {\n    path = "/b"\n  }\n}\n'
    )


def test_the_registry_gets_a_cache(tmp_path: Path) -> None:
    """The plugin cache is set, the user's own if there is one."""
    machine = Machine(tmp_path, online=True)

    own = machine.choose(TF_PLUGIN_CACHE_DIR="/cache")
    made = machine.choose()

    assert own.environment({}, tmp_path) == {"TF_PLUGIN_CACHE_DIR": "/cache"}
    assert made.environment({}, tmp_path) == {"TF_PLUGIN_CACHE_DIR": str(made.cache)}


def test_inits_with_a_cache_take_turns(tmp_path: Path) -> None:
    """The cache is not safe for two inits at once, so the second waits for the first."""
    source = ProviderSource("registry", cache=tmp_path / "cache")
    order: list[str] = []

    def second() -> None:
        with source.init_turn():
            order.append("second")

    with source.init_turn():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


@pytest.mark.parametrize("failure", [OSError("no route"), None])
def test_asking_the_registry_ends_soon(
    monkeypatch: pytest.MonkeyPatch, failure: OSError | None
) -> None:
    """A refusal and a name server that never answers both count as unreachable."""
    forever = threading.Event()

    def urlopen(*_arguments: Any, **_options: Any) -> None:
        if failure is not None:
            raise failure
        forever.wait(5)
        raise OSError

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setattr(providers, "_REACHABLE_WITHIN_SECONDS", 0.2)

    assert providers.registry_reachable() is False
    forever.set()


@pytest.mark.terraform
def test_a_missing_plugin_is_one_sentence(lab: Lab) -> None:
    """A mirror without the provider is said so, by the real Terraform's init."""
    required = {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}
    block = {"backend": {"local": {}}, "required_providers": required}
    lab.app.add("net", {"x": {"input": "x"}}, extra={"terraform": block})

    with pytest.raises(OperationError) as refused:
        lab.schedule().runner("net").init()

    assert str(refused.value) == (
        "net: hashicorp/aws cannot be installed from the registry or the mirror in use; let PLATFORM_PLUGIN_DIR"
        " name a mirror that holds the locked version (terraform providers mirror makes one) [ProviderMissing]"
    )


@pytest.mark.terraform
def test_a_mirror_that_was_found_is_reported_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event comes with the first init and not again."""
    found = ProviderSource("system-mirror", (lab.app.outdir,))
    asked: list[Any] = []

    def choose(_environ: Any, *, needed: Any) -> ProviderSource:
        asked.append(needed)
        return found

    monkeypatch.setattr("platform_lib.terraform.session.choose_source", choose)
    lab.app.add("one", {"x": {"input": "x"}})
    lab.app.add("two", {"x": {"input": "x"}})

    lab.schedule().plan(["one", "two"])

    told = [event for event in lab.events if isinstance(event, ProvidersChosen)]
    assert [event.message for event in told] == [found.sentence()]
    assert asked == [[]]


@pytest.mark.terraform
def test_a_session_asks_for_what_all_stacks_need(
    app: App,
    program: Program,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A mirror has to hold the providers of every stack, not only of the first."""
    required = {"helm": {"source": "hashicorp/helm"}, "aws": {"source": "hashicorp/aws"}}
    app.add("net", {}, extra={"terraform": {"required_providers": {"aws": required["aws"]}}})
    app.add("platform", {}, extra={"terraform": {"required_providers": required}})
    asked: list[Any] = []

    def choose(_environ: Any, *, needed: Any) -> ProviderSource:
        asked.append(needed)
        return ProviderSource("registry")

    monkeypatch.setattr("platform_lib.terraform.session.choose_source", choose)
    session = TerraformSession(program, environ=environ, work=tmp_path)
    Schedule(app.stacks, session)

    session.source()

    assert asked == [["hashicorp/aws", "hashicorp/helm"]]
