"""Names of chains: one a store, and one for what belongs to no store."""

INSTALLATION = "-"
