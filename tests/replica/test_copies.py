"""Copies of snapshots from another server: whole and verified, or not there at all."""

import gzip
import hashlib
import json
import shutil
import urllib.request
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from miit_graph.build.snapshot import Snapshot, freeze
from miit_graph.publish.listing import Listing, ListingError
from miit_graph.replica.errors import ReplicaError
from miit_graph.replica.follower import Follower
from miit_graph.replica.origin import Origin
from miit_graph.versions.history import JOURNAL, History
from tests.replica.bad_line import FAULTS, BadLine

FILES = ("dataset.nq", "merged.nt", "manifest.json")


@pytest.fixture
def line(offices):
    with BadLine(offices.port) as line:
        yield line


def follower(line, folder):
    return Follower(Origin(line.address), folder, 60)


def take(line, folder):
    """One question; what was adopted."""
    adopted = []
    follower(line, folder).check(adopted.append)
    return adopted


def visible(folder):
    """The names of snapshots that can be seen in a folder, and what is published."""
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".") and path.is_dir()}
    return names - {"current"}, (folder / "current").resolve().name if (folder / "current").exists() else None


def same(folder, origin):
    """Whether the copy is the origin's published snapshot, byte for byte, with its journal."""
    here, there = Snapshot.open(folder), Snapshot.open(origin)
    assert all((here.path / name).read_bytes() == (there.path / name).read_bytes() for name in FILES)
    assert sorted(path.name for path in here.path.iterdir()) == sorted(FILES)
    assert (folder / JOURNAL).read_bytes() == (origin / JOURNAL).read_bytes()
    return True


def test_a_copy_is_the_same_with_all_versions(line, tmp_path, snapshots, history):
    (adopted,) = take(line, tmp_path)
    assert adopted == tmp_path / history.versions[-1].snapshot
    assert same(tmp_path, snapshots)
    copied = History(tmp_path)
    assert copied.versions == history.versions
    for version in history.versions:  # made from the one snapshot that was copied
        assert copied.quads(version) == history.quads(version)
    asked = len(line.asked)
    assert take(line, tmp_path) == []
    assert len(line.asked) == asked + 1  # 304
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".copying")]


def test_a_download_goes_on_where_it_broke_off(line, tmp_path, snapshots):
    line.faults.extend(["", "", *["cut"] * 5])
    take(line, tmp_path)
    assert same(tmp_path, snapshots)
    places = [int(part.removeprefix("bytes=").rstrip("-")) for _, part in line.asked if part]
    assert len(places) >= 4 and all(places)
    whole = sum(item.bytes for item in Listing.read(json.loads(_listing(line))).items)
    assert line.sent - len(_listing(line)) * 3 <= whole * 1.2


def test_a_try_that_was_given_up_is_gone_on_with(line, tmp_path, snapshots):
    line.faults.extend(["", "", "cut", "error"])
    with pytest.raises(ReplicaError, match="answers 502"):
        take(line, tmp_path)
    assert visible(tmp_path) == (set(), None)
    take(line, tmp_path)
    assert same(tmp_path, snapshots)
    assert any(part for _, part in line.asked[-6:])


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(("", *FAULTS)), max_size=8))
@example(["", "", "flip"])
@example(["more", "more", "more"])
@example(["", "", "cut", "elsewhere"])
@example(["", "cut", "whole"])
def test_nothing_that_goes_wrong_on_the_way_is_ever_seen(offices, snapshots, tmp_path_factory, faults):
    folder = tmp_path_factory.mktemp("copy")
    with BadLine(offices.port, tuple(faults)) as line:
        for _ in range(len(faults) + 1):
            try:
                take(line, folder)
            except ReplicaError as error:
                assert line.address in str(error)
                assert visible(folder) == (set(), None)
            else:
                break
        assert same(folder, snapshots)
    shutil.rmtree(folder)


def _listing(line):
    with urllib.request.urlopen(f"{line.address}/snapshots/current") as response:
        return response.read()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(layout=99), "layout 99.*install the same version"),
        (lambda d: d.update(version="../../etc/passwd"), "damaged"),
        (lambda d: d["files"][0].update(name="../dataset.nq.gz"), "damaged"),
        (lambda d: d["files"].append({**d["files"][0], "name": ".bashrc.gz"}), "damaged"),
        (lambda d: d["files"].pop(0), "damaged"),
        (lambda d: d["files"][0].update(bytes=-1), "damaged"),
        (lambda d: d["files"][0].update(bytes="1"), "damaged"),
        (lambda d: d["files"][0].update(sha256="0" * 63), "damaged"),
        (lambda d: d.update(files=None), "damaged"),
        (lambda d: d["files"][0].update(sha256="0" * 64), "another SHA-256"),
        (lambda d: d["files"][0].update(content_sha256="0" * 64), "not of the dataset"),
        (lambda d: d["files"][1].update(content_sha256="0" * 64), "does not hold"),
        (lambda d: d["files"][1].update(content_bytes=5), "does not hold"),
        (lambda d: d["files"][0].update(bytes=1 << 60), "are free"),
        (lambda d: d.update(version="0" * 16), "answers 404: No snapshot"),
    ],
)
def test_a_listing_is_not_believed(line, tmp_path, change, reason):
    document = json.loads(_listing(line))
    change(document)
    line.listing = json.dumps(document).encode()
    with pytest.raises(ReplicaError, match=reason):
        take(line, tmp_path)
    assert visible(tmp_path) == (set(), None)


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}", b'"x"', b"\xff", b"null"])
def test_what_is_no_listing_is_told_so(line, tmp_path, content):
    line.listing = content
    with pytest.raises(ReplicaError, match=r"/snapshots/current: that is no"):
        take(line, tmp_path)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_json_is_read_or_refused(document):
    wrapped = {"layout": 2, "version": document, "number": document, "files": document}
    for candidate in (document, wrapped, {**wrapped, "version": "0" * 16, "number": 1}):
        with pytest.raises(ListingError):
            Listing.read(candidate)


def test_what_unpacks_to_more_than_it_says_is_stopped(line, tmp_path):
    """A compressed file of a few kilobytes that would fill the disk."""
    bomb = gzip.compress(bytes(50_000_000))
    document = json.loads(_listing(line))
    document["files"][1].update(bytes=len(bomb), sha256=hashlib.sha256(bomb).hexdigest(), content_bytes=1000)
    line.listing = json.dumps(document).encode()
    place = tmp_path / f".copying-{document['version']}"
    place.mkdir()
    (place / "merged.nt.gz").write_bytes(bomb)  # as if it had been downloaded
    with pytest.raises(ReplicaError, match="does not hold"):
        take(line, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2_000_000


def test_another_history_is_refused(line, tmp_path):
    take(line, tmp_path)
    before = visible(tmp_path)
    (tmp_path / ".followed").unlink()
    for other in (b"# another history\n", (tmp_path / JOURNAL).read_bytes() + b"# one of ours\n", bytes(10_000)):
        (tmp_path / JOURNAL).write_bytes(other)
        if other.endswith(b"ours\n"):  # the origin went back to an earlier version
            take(line, tmp_path)
        else:
            with pytest.raises(ReplicaError, match="history was begun anew"):
                take(line, tmp_path)
        assert (tmp_path / JOURNAL).read_bytes() == other
        assert visible(tmp_path) == before
        (tmp_path / ".followed").unlink(missing_ok=True)


def test_the_one_before_stays_and_older_ones_go(line, tmp_path, snapshots, small_project):
    """After three others a copy; then somebody goes back by hand, which holds until there is news."""
    first = Snapshot.open(snapshots)
    quads = list(first.quads())
    older = [freeze(quads[:-n], tmp_path, {"origin": "files"}).version for n in (1, 2, 3)]
    asked = follower(line, tmp_path)
    assert asked.check(lambda _: None)
    assert visible(tmp_path) == ({older[-1], first.version}, first.version)
    link = tmp_path / "current"
    link.unlink()
    link.symlink_to(older[-1])
    assert not asked.check(lambda _: None)
    assert visible(tmp_path)[1] == older[-1]


def test_what_cannot_be_served_is_not_published(line, tmp_path):
    def refuse(path: Path) -> None:
        raise RuntimeError(f"no memory for {path.name}")

    with pytest.raises(RuntimeError):
        follower(line, tmp_path).check(refuse)
    assert visible(tmp_path)[1] is None
    assert take(line, tmp_path)  # it is not taken for known


def test_without_an_origin_what_is_here_is_served(line, tmp_path, snapshots):
    take(line, tmp_path)
    line.down = True
    with pytest.raises(ReplicaError, match=r"answers 503: Down for a moment\."):
        follower(line, tmp_path).check(lambda _: None)
    assert follower(line, tmp_path).first().version == Snapshot.open(snapshots).version


def test_two_do_not_copy_into_one_folder(line, tmp_path):
    with (
        follower(line, tmp_path).alone(),
        pytest.raises(ReplicaError, match="MIIT_GRAPH_SNAPSHOTS"),
        follower(line, tmp_path).alone(),
    ):
        pass


@pytest.mark.parametrize("address", ["origin", "ftp://x/", "http://u:p@x/", "http://x/?a=b", "http://[::1", ""])
def test_addresses_that_cannot_be_followed(address):
    with pytest.raises(ReplicaError, match="not the address"):
        Origin(address)


class TestTheOrigin:
    def test_files_have_validators_and_ranges(self, offices):
        listing = offices.at("/snapshots/current").get()
        version = listing.json["version"]
        assert listing.headers["Cache-Control"] == "public, no-cache"
        for file in listing.json["files"]:
            at = offices.at(f"/snapshots/{version}/{file['name']}")
            whole = at.get()
            assert hashlib.sha256(whole.body).hexdigest() == file["sha256"] and len(whole.body) == file["bytes"]
            assert whole.headers["ETag"] == f'"{file["sha256"][:32]}"'
            part = at.get(headers={"Range": "bytes=5-", "If-Range": whole.headers["ETag"]})
            assert (part.status, part.body) == (206, whole.body[5:])
            assert at.get(headers={"If-None-Match": whole.headers["ETag"]}).status == 304
            assert ("immutable" in whole.headers["Cache-Control"]) == file["name"].endswith(".gz")

    @pytest.mark.parametrize(
        "path",
        [
            "/snapshots/0000000000000000",
            "/snapshots/..",
            "/snapshots/%2e%2e/changes.rdfp",
            "/snapshots/{v}/dataset.nq",
            "/snapshots/{v}/..%2fchanges.rdfp",
            "/snapshots/{v}/.followed",
            "/snapshots/{v}/x.gz",
        ],
    )
    def test_nothing_else_is_given_away(self, offices, snapshots, path):
        found = offices.at(path.format(v=Snapshot.open(snapshots).version)).get()
        assert found.status == 404

    def test_any_kept_snapshot_can_be_had(self, offices, history):
        first = history.versions[0]
        listing = offices.at(f"/snapshots/{first.snapshot}").get().json
        assert (listing["version"], listing["number"]) == (first.snapshot, 1)
        journal = offices.at(f"/snapshots/{first.snapshot}/{JOURNAL}").get().body
        assert journal == history.record(1) and len(journal) < len(history.record(4))

    def test_what_was_not_built_has_none(self, without_journal):
        reply = without_journal.at("/snapshots/current").get()
        assert reply.status == 404 and "no" in reply.json["detail"]
