"""A database of several hosts, of which one can be written to."""

from shared.users import password_of, role_of, url_of


def test_a_workers_own_url_names_every_host_of_the_owners_and_which_to_take():
    hosts = "db1:5433,[::1],db2/muster?target_session_attrs=primary"
    url = url_of("intake", f"postgresql://muster:secret@{hosts}", "s")
    assert url == f"postgresql://{role_of('intake')}:{password_of('intake', 's')}@{hosts}"
