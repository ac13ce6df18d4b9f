comment on column held.body is 'personal data: how somebody was scored, and why';
