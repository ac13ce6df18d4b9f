-- Who else has sent the same file: a person looks at that, and nobody is rejected for it.
create index document_sha256 on document (sha256, application);
