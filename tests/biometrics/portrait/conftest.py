from __future__ import annotations

import pytest

from biometrics.portrait import Tier, Tools, tools


@pytest.fixture(scope="session")
def kit() -> Tools:
    """Tier 1, loaded once for the whole run."""
    return tools(Tier.MESH)


@pytest.fixture(scope="session")
def cascades() -> Tools:
    return tools(Tier.CASCADES)
