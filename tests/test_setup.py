"""What a newcomer's machine gets: the locks and the scripts that read them."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tomllib
from contextlib import suppress
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.request import urlopen

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kronoberg.demo import CAST
from tests import installation

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["runtime", "test"]
SCRIPTS = sorted(path.name for path in (ROOT / "bin").iterdir())

LOCKED = re.compile(r"([a-z0-9.-]+)==(\S+)( ; [^\\]+?)?(?: +--hash=sha256:[0-9a-f]{64})+")

# What dash -n lets through although only bash understands it.
BASHISMS = re.compile(
    r"\[\[|<<<|&>|\$'|\w\+?=\(|pipefail|^\s*(function|local|source|declare)\s", re.MULTILINE
)


def locked(lock: str) -> dict[str, str]:
    """Read a lock: package → its whole line, with version, marker and hashes."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    lines = text.replace("\\\n", "").splitlines()
    entries = [line for line in lines if not line.lstrip().startswith("#")]
    unhashed = [line for line in entries if not LOCKED.fullmatch(line)]
    assert not unhashed
    return {line.partition("==")[0]: line for line in entries}


def declared(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [*project["project"]["dependencies"]]
    for group in groups:
        names += project["dependency-groups"][group]
    return [Requirement(name) for name in names]


def run(*command: str, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={"PATH": path}, check=False
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()

    assert [line for line in text.splitlines() if "/" in line or "index" in line] == []


@pytest.mark.parametrize(("lock", "groups"), [("runtime", []), ("test", ["test", "check"])])
def test_every_dependency_is_locked_with_hashes_at_a_version_we_accept(lock, groups):
    entries = locked(lock)

    for requirement in declared(*groups):
        match = LOCKED.fullmatch(entries[canonicalize_name(requirement.name)])
        assert match and match[2] in requirement.specifier, requirement


def test_what_runs_is_what_was_tested():
    assert locked("runtime").items() <= locked("test").items()


def test_exactly_one_distribution_provides_the_state_machine():
    # django-fsm and django-fsm-2 install the same module; the last one in wins without a word.
    assert packages_distributions()["django_fsm"] == ["django-fsm-2"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_executable_plain_shell(name):
    script = ROOT / "bin" / name
    text = script.read_text()

    assert script.stat().st_mode & stat.S_IXUSR
    assert text.startswith("#!/bin/sh\n")
    assert not BASHISMS.search(text)
    for shell in filter(shutil.which, ["sh", "dash"]):
        assert run(shell, "-n", str(script)).stderr == ""


def test_the_continuous_run_is_executable_and_parses():
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & stat.S_IXUSR
    assert run("bash", "-n", str(script)).stderr == ""


def test_without_python_and_apt_the_line_to_run_is_printed(tmp_path):
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    too_old = tmp_path / "python3"
    too_old.write_text("#!/bin/sh\nexit 1\n")
    too_old.chmod(0o700)

    result = run("/bin/sh", "bin/setup", "runtime", path=str(tmp_path))

    assert result.returncode == 1
    assert "\n    sudo apt install python3 python3-venv\n" in result.stderr


def test_a_set_up_that_nobody_knows_is_refused():
    result = run("bin/setup", "everything")

    assert result.returncode == 2
    assert "Usage: bin/setup runtime|check|test|servers" in result.stderr


@pytest.fixture
def running_demo(tmp_path):
    """The demo over two cases, asked for a port that is taken; yields it and what it said."""
    for command in (["make_keys"], ["migrate", "-v0"], ["seed_demo", "--cases", "2"]):
        installation.run(tmp_path, "manage.py", *command)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        demo = subprocess.Popen(
            ["bin/demo", "--ready"],
            cwd=ROOT,
            env=installation.environment(tmp_path, PORT=str(taken.getsockname()[1])),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Whoever runs the suite with nohup or & has it switched off, and a shell inherits that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert demo.stdout
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        yield demo, said
        with suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGKILL)
        demo.communicate()


@pytest.mark.skipif(not (ROOT / ".venv").is_dir(), reason="bin/setup has not made .venv")
def test_the_demo_answers_prints_the_logins_and_stops_whole(running_demo):
    demo, said = running_demo
    address = re.search(r"http://127\.0\.0\.1:\d+/", said)

    assert "is taken, so this is port" in said
    assert "There are cases already: nothing seeded." in said
    for who, member in CAST.items():
        assert re.search(rf"^  {who} +\S+ +{member.role.label} ", said, re.MULTILINE), who
    assert address
    with urlopen(address[0], timeout=10) as page:
        assert page.status == 200

    demo.send_signal(signal.SIGINT)

    # Each of three processes may take ten seconds to finish what it does.
    assert demo.wait(timeout=240) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(demo.pid, 0)


def test_every_command_is_described_for_whoever_runs_the_product() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    commands = {path.stem for path in ROOT.glob("*/management/commands/[!_]*.py")}

    assert len(commands) > 10
    assert [name for name in sorted(commands) if not re.search(rf"`[^`]*\b{name}\b", text)] == []
