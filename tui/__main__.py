"""`python -m tui` is `quarterdeck`."""

from tui.cli import main

if __name__ == "__main__":
    main()
