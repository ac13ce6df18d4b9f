-- Also lent to notifications: the last version is what a person checks, with or without files.
grant select on document_versions to muster_notifications;
