"""The version: what is installed, and what runs say that they were written by."""

__version__ = "0.2.0"
