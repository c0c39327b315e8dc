"""`python -m tui` is `quarterdeck`."""

from tui.entry import main

if __name__ == "__main__":
    main()
