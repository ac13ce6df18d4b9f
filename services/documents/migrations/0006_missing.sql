-- Since when a document of a version has not been in the store: from our first look, by the real
-- clock (G17). What has not come for a quarter of an hour is a question for a person.
create table missing (
    application text not null,
    documents_version int not null,
    since timestamptz not null default now(),
    primary key (application, documents_version)
);
