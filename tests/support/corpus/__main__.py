"""`python -m tests.support.corpus FOLDER` writes every document of the corpus, to be looked at."""

import sys
from pathlib import Path

from tests.support.corpus.files import FILES


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in FILES.items():
        (folder / name).write_bytes(build())
    print(f"{len(FILES)} documents in {folder}")  # noqa: T201 - a command


if __name__ == "__main__":
    main(Path(sys.argv[1]))
