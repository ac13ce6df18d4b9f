"""The worker survives whatever a child does, and a child can do little (G9, G19)."""

import asyncio
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog

from services.documents import children as module
from services.documents.children import Children, InspectionProgramError
from services.documents.objects import MissingObjectError, OtherObjectError
from shared.contracts.checks import FindingCode
from tests.support.documents import pdf
from tests.support.inspecting import inspect, pieces_of

READY = """
import os, pathlib, sys, time
from services.documents.inspection.__main__ import _allow_cpu_seconds, give_up_rights
give_up_rights(int(sys.argv[1]))
def answer(text):
    os.write(1, b'{"kind": "pdf", "detail": "%s"}\\n' % str(text).encode())
os.write(1, b"ready\\n")
os.read(0, 100)
"""


OUR_NETWORK = str(Path("/proc/self/ns/net").readlink())


@pytest.fixture
def children_that():
    """Start children that get ready as always and then do something else than inspecting."""
    started = []

    def start(program, **limits):
        children = Children((sys.executable, "-B", "-c", READY + program), count=1, **limits)
        started.append(children)
        return children

    yield start
    for children in started:
        children.close()


@pytest.mark.parametrize(
    ("program", "detail"),
    [
        ("os.kill(os.getpid(), 11)", "crashed"),
        ("os._exit(0)", "crashed"),
        ("bytearray(1024 * 1024 * 1024)", "crashed"),
        ("_allow_cpu_seconds(0)\nwhile True: pass", "crashed"),
        ("while True: pass", "timeout"),
        ("time.sleep(600)", "timeout"),
        ("os.write(1, b'hello\\n')", "nonsense"),
        ('os.write(1, b\'{"kind": "pdf", "problem": "reject"}\\n\')', "nonsense"),
        ("os.write(1, b'1' * 10_000_000)", "nonsense"),
    ],
)
async def test_G19_G20_whatever_a_child_does_its_document_goes_to_a_person(
    program, detail, children_that
):
    children = children_that(program, seconds_a_document=0.3 if detail == "timeout" else 120)
    inspection = await inspect(children, b"?", "1")
    assert (inspection.problem, inspection.detail) == (FindingCode.NOT_INSPECTED, detail)


async def test_after_a_child_has_died_the_next_document_gets_a_new_one(children_that):
    children = children_that("answer(os.getpid())\nos.read(0, 100)\nos._exit(1)")
    first = await inspect(children, b"?", "1")
    assert (await inspect(children, b"?", "2")).detail == "crashed"
    assert (await inspect(children, b"?", "3")).detail not in {first.detail, "crashed"}


async def test_no_document_suffers_for_a_child_that_died_while_it_was_idle():
    children = Children(count=1)
    try:
        for number in range(2):
            assert (await inspect(children, pdf(), str(number))).problem is None
            children._children[0]._process.kill()
            children._children[0]._process.wait()
    finally:
        children.close()


@pytest.mark.parametrize("program", [(sys.executable, "-c", "raise SystemExit"), ("/nowhere",)])
async def test_a_program_that_does_not_start_is_our_fault_and_no_verdict(program):
    children = Children(program, count=1)
    with pytest.raises(InspectionProgramError):
        await inspect(children, pdf(), "1")
    children.close()


async def test_a_child_is_replaced_after_its_share_of_documents(children_that):
    pid = "while True:\n answer(os.getpid())\n os.read(0, 100)"
    children = children_that(pid, documents_a_child=2)
    pids = [(await inspect(children, b"?", str(number))).detail for number in range(5)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


async def test_what_was_seen_in_the_same_bytes_is_remembered(children_that):
    children = children_that("answer('first')")
    assert (await inspect(children, b"?", "same")).detail == "first"
    assert (await inspect(children, b"?", "same")).detail == "first"
    assert children._children[0]._inspected == 1


@pytest.mark.parametrize(("seconds", "children_started"), [(300, 1), (0, 2)])
async def test_an_accident_is_remembered_of_the_same_bytes_for_a_while_only(
    seconds, children_started, children_that, monkeypatch
):
    """For the length of a message; later the file deserves another try."""
    monkeypatch.setattr(module, "_SECONDS_TO_REMEMBER_AN_ACCIDENT", seconds)
    children = children_that("os._exit(1)")
    started = []
    start = children._children[0]._start
    monkeypatch.setattr(children._children[0], "_start", lambda: started.append(1) or start())
    for _ in range(2):
        assert (await inspect(children, b"?", "same")).detail == "crashed"
    assert len(started) == children_started


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        ("os.environ.get('MUSTER_SECRET')", "None"),
        ("pathlib.Path('{folder}/file').write_text('x')", "OSError"),
        ("os.getpriority(os.PRIO_PROCESS, 0) >= 10", "True"),
    ],
)
async def test_G19_a_child_knows_no_secret_and_writes_nothing_into_a_file(
    attempt, outcome, children_that, monkeypatch, tmp_path
):
    monkeypatch.setenv("MUSTER_SECRET", "secret")
    program = f"""
try:
    result = {attempt.format(folder=tmp_path)}
except Exception as error:
    result = type(error).__name__
answer(result)
"""
    assert (await inspect(children_that(program), b"?", "1")).detail == outcome
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == 0


@pytest.fixture(scope="module")
def may_unshare():
    return subprocess.run(["unshare", "-Un", "true"], check=False).returncode == 0


async def test_a_child_has_no_network_where_the_kernel_allows_it(children_that, may_unshare):
    children = children_that("answer(os.readlink('/proc/self/ns/net'))")
    its_own = (await inspect(children, b"?", "1")).detail
    assert (its_own != OUR_NETWORK) == may_unshare


WHERE_THE_KERNEL_REFUSES = """
import ctypes
class Kernel:
    unshare = prctl = lambda *_: -1
ctypes.CDLL = lambda _: Kernel
from services.documents.inspection.__main__ import main
main()
"""


async def test_G19_that_the_kernel_leaves_children_their_network_is_logged_once():
    module._warn_of_network.cache_clear()
    program = (sys.executable, "-B", "-c", WHERE_THE_KERNEL_REFUSES)
    children = Children(program, count=1, documents_a_child=1)
    try:
        with structlog.testing.capture_logs() as logged:
            for number in range(2):
                assert (await inspect(children, pdf(), str(number))).problem is None
    finally:
        children.close()
    warning = {"event": "inspection_has_network", "log_level": "warning"}
    assert logged == [warning | {"reason": "unshare_refused"}]


async def test_G17_the_time_that_a_store_takes_is_no_documents_time(monkeypatch):
    waited = 0

    async def from_a_slow_store():
        nonlocal waited
        async for piece in pieces_of(pdf(), 300):
            waited += 3600
            yield piece

    its_clock = SimpleNamespace(monotonic=lambda: time.monotonic() + waited)
    monkeypatch.setattr("services.documents.children.clock", its_clock)
    children = Children(count=1)
    try:
        inspection = await children.inspect(from_a_slow_store(), size=len(pdf()), sha256="1")
    finally:
        children.close()
    assert inspection.problem is None


async def test_G17_a_document_that_breaks_off_is_no_verdict_and_leaves_no_half_of_it_behind():
    async def that_breaks_off():
        yield pdf()[:300]
        raise OtherObjectError

    children = Children(count=1)
    try:
        with pytest.raises(OtherObjectError):
            await children.inspect(that_breaks_off(), size=len(pdf()), sha256="1")
        assert (await inspect(children, pdf(), "1")).problem is None
    finally:
        children.close()


async def test_G17_a_document_that_is_missing_costs_no_child():
    async def that_is_missing():
        raise MissingObjectError
        yield b""

    children = Children(count=1)
    try:
        await children.be_ready()
        [child] = children._children
        warm = child._process
        with pytest.raises(MissingObjectError):
            await children.inspect(that_is_missing(), size=1, sha256="1")
        assert child._process is warm
    finally:
        children.close()


async def test_G17_what_is_known_of_a_hash_says_nothing_of_other_bytes_in_its_place(children_that):
    async def other_bytes():
        raise OtherObjectError
        yield b""

    children = children_that("answer('first')")
    await inspect(children, b"?", "1")
    with pytest.raises(OtherObjectError):
        await children.inspect(other_bytes(), size=1, sha256="1")


async def test_an_inspection_that_is_called_off_leaves_no_half_of_it_behind():
    never = asyncio.Event()

    async def that_never_ends():
        yield pdf()[:300]
        reached.set()
        await never.wait()

    reached = asyncio.Event()
    children = Children(count=1)
    try:
        task = asyncio.ensure_future(
            children.inspect(that_never_ends(), size=len(pdf()), sha256="1")
        )
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await inspect(children, pdf(), "1")).problem is None
    finally:
        children.close()


def test_children_die_with_a_worker_that_is_killed():
    worker = f"""
import asyncio, sys
from services.documents.children import Children
from tests.support.inspecting import inspect
children = Children((sys.executable, "-B", "-c", {READY!r} + '''
answer(os.getpid())
while True: time.sleep(600)
'''), count=1)
print(asyncio.run(inspect(children, b"?", "1")).detail, flush=True)
asyncio.run(inspect(children, b"?", "2"))
"""
    with subprocess.Popen([sys.executable, "-c", worker], stdout=subprocess.PIPE) as process:
        child = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
    has_ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert has_ended
