-- Notifications read the hour of an interview from its events; nobody asks for these any more.
drop view appointments;
revoke usage on schema interviews from muster_notifications;
