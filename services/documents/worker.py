"""What the documents worker hears, and what it then does."""

from typing import Final

from services.documents.children import warm_up
from services.documents.handlers import answer_questions, check_documents, inspect_documents
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
)
from shared.contracts.checks import (
    DocumentsChecked,
)
from shared.contracts.referrals import ReferralResolved
from shared.messaging import Service, Subscription

_AT_ONCE: Final = 16  # reading documents is slow; a small batch keeps the wait of each short

SUBSCRIPTIONS: Final = (
    Subscription(ApplicationAccepted, check_documents, inspect_documents, max_batch=_AT_ONCE),
    Subscription(
        ApplicationDocumentsAccepted, check_documents, inspect_documents, max_batch=_AT_ONCE
    ),
    Subscription(ReferralResolved, answer_questions),
)
ANNOUNCES: Final = (DocumentsChecked,)
SERVICE: Final = Service("documents", SUBSCRIPTIONS, ANNOUNCES, warm_up=warm_up)
