"""Faults on purpose: a process killed, or a disk failing, at any change it makes; and what a power cut may leave."""
