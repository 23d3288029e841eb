"""Which tests run in one process, one after the other: those that share what is slow to set up."""

from xdist.scheduler import LoadScopeScheduling

# Each file has an installation of its own, and all but one a browser. Two more look at every page
# there is, for minutes: xdist begins with the largest company, so that they are not what everybody
# waits for.
COMPANY = {
    "test_database_role": "role",
    "test_field_reach": "field",
    "test_identity_provider": "provider",
    "test_lock_in_browser": "lock",
    "test_offline": "offline",
    "test_offline_steps": "steps",
    "test_story": "story",
    "test_whose_phone": "whose",
    "test_worklist_browser": "list",
    "test_axe": "every page",
    "test_matrix": "every page",
}


class InCompany(LoadScopeScheduling):
    """xdist's own scheduling by scope, where most tests are a scope of their own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
        return COMPANY.get(file, nodeid)
