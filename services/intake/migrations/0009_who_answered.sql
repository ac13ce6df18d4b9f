comment on column conflict.answered_by is 'personal data: who decided';
