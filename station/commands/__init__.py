"""The sub-commands of `station`; one file each, imported when used."""
