"""Ways a package travels: tus upload, removable folder."""
