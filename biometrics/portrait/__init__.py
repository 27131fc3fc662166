"""Face detection, landmarks, ISO/IEC 29794-5 measures, document rules, synthesis."""
