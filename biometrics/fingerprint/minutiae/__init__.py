"""The matcher's own minutiae: extraction, templates, ISO 19794-2 / ANSI 378 records live in `biometrics.formats`."""
