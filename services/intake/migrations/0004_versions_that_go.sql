-- A version of documents may be set aside, or get another number, after others have heard of it:
-- they must be able to tell that from a version without files.

create view document_versions as
select application, documents_version
from document_set
where set_aside_because is null
  and not exists (
      select from refusal
      where refusal.application = document_set.application and not refusal.was_accepted
  );

create or replace view files as
select application, documents_version, position, key, sha256, size, role, name
from document_versions
join document using (application, documents_version);

grant select on document_versions to muster_documents;
