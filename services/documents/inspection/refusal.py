"""How a reader of documents gives up."""

from services.documents.decisions import Kind
from shared.contracts.checks import (
    FindingCode,
)


class Unacceptable(Exception):  # noqa: N818 - it says what the document is
    """The document has a problem; `detail` is one fixed word about it, never a quotation."""

    def __init__(self, problem: FindingCode, detail: str, kind: Kind | None = None) -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem, self.detail, self.kind = problem, detail, kind
