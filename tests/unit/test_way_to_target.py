"""An address and an sslmode -> a warning where the server's name proves nothing."""

import pytest

from releasegate.gates.live_database import place

REMOTE = ["192.0.2.7", "2001:db8::7", "fe80::7%eth0"]
OWN = ["", "127.0.0.1", "127.9.9.9", "::1"]


@pytest.mark.parametrize("address", REMOTE)
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "prefer: whoever is between can read along"),
        ({"sslmode": "disable"}, "disable: whoever is between can read along"),
        ({"sslmode": "require"}, "with whoever answers"),
        ({"sslmode": "verify-ca"}, "of the same authority"),
    ],
)
def test_a_remote_target_that_proves_nothing_is_warned_of(
    address: str, values: dict[str, str], says: str
) -> None:
    (finding,) = place.way(address, values)

    assert (finding.code, finding.level.value) == ("RG555", "warning")
    assert says in finding.message
    assert address not in finding.message


@pytest.mark.parametrize("address", REMOTE)
@pytest.mark.parametrize("values", [{"sslmode": "verify-full"}, {"sslrootcert": "system"}])
def test_a_server_that_proves_its_name_is_not(address: str, values: dict[str, str]) -> None:
    assert not [*place.way(address, values)]


@pytest.mark.parametrize("address", OWN)
def test_what_stays_on_this_machine_needs_no_proof(address: str) -> None:
    assert not [*place.way(address, {"sslmode": "disable"})]
