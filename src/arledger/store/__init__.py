"""Files and documents: reading YAML, finding what changed, posting. The only door to the disk."""
