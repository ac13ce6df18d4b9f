comment on column held.body is 'personal data: a whole submission, or new documents with their names';
