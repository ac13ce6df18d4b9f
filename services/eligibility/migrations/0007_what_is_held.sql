comment on column held.body is 'personal data: a declaration, or what a person wrote about somebody';
