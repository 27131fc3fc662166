"""What stands around every page: rail, menu, top bar, dossier strip. Nothing here knows what a page does."""
