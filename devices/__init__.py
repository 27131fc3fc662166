"""Device contracts, registry, transports and families. Never: legal rules, dossiers, Qt."""
