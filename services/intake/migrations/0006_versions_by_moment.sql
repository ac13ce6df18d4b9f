-- Versions of documents are numbered as they arrive, and ordered by when they were sent (D8).
create or replace view document_versions as
select application, documents_version, replaced_at
from document_set
where set_aside_because is null
  and not exists (
      select from refusal
      where refusal.application = document_set.application and not refusal.was_accepted
  );
