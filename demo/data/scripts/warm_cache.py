"""Warms the cache of one service, and says how far it is."""

import sys
import time

PAGES = 5


def main(service: str, environment: str) -> int:
    """Ask for a few pages, one after the other."""
    for page in range(1, PAGES + 1):
        print(f"{100 * page // PAGES:3} %  {service} {environment}, page {page}", flush=True)  # noqa: T201 - a script prints
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
