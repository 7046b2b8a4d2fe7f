"""`python -m sdd_tui` is `sdd`: how the package starts commands of its own in the background."""

from sdd_tui.cli.app import main

if __name__ == "__main__":
    main()
