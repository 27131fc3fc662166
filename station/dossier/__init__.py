"""Events, replay, procedure and checks. A dossier is the list of its events; everything else is computed."""
