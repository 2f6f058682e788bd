"""Which tests stay together when several processes run the suite, and which begin first."""

from xdist.scheduler import LoadScopeScheduling

# Their tests share a server, a demo or a stock, which is made once where they run one after the other. None of them may
# empty the tables of the tests' own database: tests that do run last, as pytest-django has them.
TOGETHER = {
    "tests/config/test_seed.py",
    "tests/config/test_serve.py",
    "tests/journeys/test_main_job.py",
}


class Together(LoadScopeScheduling):
    """Each test goes to whoever is free; what stays together goes first, since it takes longest."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path in TOGETHER else nodeid
