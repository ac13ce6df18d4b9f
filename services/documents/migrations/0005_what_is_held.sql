comment on column held.body is 'personal data: what a person wrote about somebody';
