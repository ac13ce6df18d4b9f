-- Only people ask who may be the same person, on a terminal and as the owner.

revoke select on likeness from muster_eligibility;
revoke usage on schema intake from muster_eligibility;
