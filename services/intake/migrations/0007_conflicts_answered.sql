-- What a person has answered about a conflict: null while nobody has.
alter table conflict
    add column answer text check (answer in ('first_stands')),
    add column answered_by text,
    add column decided_at timestamptz,
    add column rationale text;

comment on column conflict.rationale is 'personal data: free text about a candidate''s submissions';
