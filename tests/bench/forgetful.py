"""`python -m tests.bench.forgetful work ...`: the workers, without the memory of verdicts."""

import sys

from services.console.__main__ import main
from services.documents import children

children._REMEMBERED = 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
