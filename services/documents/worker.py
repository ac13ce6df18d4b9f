"""What the documents worker hears, and what it then does."""

from typing import Final

from services.documents.handlers import check_documents, inspect_documents
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
)
from shared.contracts.checks import (
    DocumentsChecked,
)
from shared.messaging import Service, Subscription

_AT_ONCE: Final = 16  # reading documents is slow; a small batch keeps the wait of each short

SUBSCRIPTIONS: Final = (
    Subscription(ApplicationAccepted, check_documents, inspect_documents, max_batch=_AT_ONCE),
    Subscription(
        ApplicationDocumentsAccepted, check_documents, inspect_documents, max_batch=_AT_ONCE
    ),
)
ANNOUNCES: Final = (DocumentsChecked,)
SERVICE: Final = Service("documents", SUBSCRIPTIONS, ANNOUNCES)
