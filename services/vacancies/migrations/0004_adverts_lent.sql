-- Lent to eligibility: whose vacancy it is, and what its advert prints as required. Which of several
-- publications stands is decided here alone, and no amendment changes either.
create view advert as
select vacancy, published ->> 'employer' as employer, published -> 'criteria' as criteria
from vacancy;

grant usage on schema vacancies to muster_eligibility;
grant select on advert to muster_eligibility;
