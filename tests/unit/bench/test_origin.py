"""The commit that a report names."""

import subprocess

from tests.support import origin


def test_the_commit_is_dirty_if_more_than_documentation_differs(tmp_path, monkeypatch) -> None:
    def git(*words: str) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *author, *words], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.setattr(origin, "ROOT", tmp_path)
    assert origin.commit() == "unknown"
    (tmp_path / "docs").mkdir()
    for name in ("code.py", "README.md", "docs/performance.svg"):
        (tmp_path / name).write_text("as it was")
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    for name in ("README.md", "docs/performance.svg"):
        (tmp_path / name).write_text("written by the bench")
    clean = origin.commit()
    assert not clean.endswith("-dirty")
    (tmp_path / "more.py").write_text("not committed")
    assert origin.commit() == f"{clean}-dirty"
